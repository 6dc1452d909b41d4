using System.Net.Sockets;
using Meduza.Init.Agent.Apply;

namespace Meduza.Init.Cli.Support;

/// <summary>What each FRR daemon runs, as it says; a line of a password has its words before that alone.</summary>
internal static class RoutingConfigs
{
    private static readonly string[] Words = [" password ", " key ", " key-string ", " message-digest-key ", " authentication-key "];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static IEnumerable<(string Daemon, string Text)> All() => Directory.Exists(VtyFiles.Folder)
        ? Directory.EnumerateFiles(VtyFiles.Folder, "*.vty").Order(StringComparer.Ordinal).Select(path => (Path.GetFileNameWithoutExtension(path), Of(path)))
        : [];

    private static string Of(string path)
    {
        try
        {
            using var vty = VtySocket.Connect(path, Patience);
            foreach (var command in (string[])["enable", "show running-config"])
            {
                var answer = vty.Send(command);
                if (command != "enable")
                    return Masked(answer.Text);
            }
            return "";
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return $"{path} does not answer: see `meduza status`\n";
        }
    }

    internal static string Masked(string config) => string.Concat(config.ReplaceLineEndings("\n").Split('\n').Select(line => Line(line) + "\n"));

    private static string Line(string line)
    {
        foreach (var word in Words)
        {
            if (line.Contains(word, StringComparison.Ordinal) || line.StartsWith(word.TrimStart(), StringComparison.Ordinal))
                return line[..(line.IndexOf(word.Trim(), StringComparison.Ordinal) + word.Trim().Length)] + " (hidden)";
        }
        return line;
    }
}
