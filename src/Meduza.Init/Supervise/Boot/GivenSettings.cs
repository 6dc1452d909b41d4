namespace Meduza.Init.Supervise.Boot;

/// <summary>
/// The settings of this node, for a machine whose environment nobody sets. Of the same name the environment counts most,
/// then the kernel's command line (<c>meduza.NODE_ID=gw1</c>), then <c>/etc/meduza/env</c> (<c>NODE_ID=gw1</c>, a line
/// each; <c>#</c> begins a comment line).
/// </summary>
internal static class GivenSettings
{
    private const string Prefix = "meduza.";

    /// <summary>Reads the file and, on a machine of its own, the command line, into the environment of this process.</summary>
    /// <param name="isMachine">False in a container: the command line is that of another machine there.</param>
    /// <param name="warn">Told what could not be read or understood; a value, which may be a password, is never in it.</param>
    public static void Take(bool isMachine, Action<string> warn)
    {
        foreach (var (name, value) in Read(isMachine, warn))
        {
            if (Environment.GetEnvironmentVariable(name) is null)
                Environment.SetEnvironmentVariable(name, value);
        }
    }

    /// <summary>The same without touching the environment; of one name the first counts.</summary>
    /// <inheritdoc cref="Take"/>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(bool isMachine, Action<string> warn)
    {
        var settings = new List<KeyValuePair<string, string>>();
        if (isMachine)
            settings.AddRange(FromCommandLine(ReadFile("/proc/cmdline", warn)));
        settings.AddRange(FromFile(ReadFile("/etc/meduza/env", warn), warn));
        return settings;
    }

    /// <summary>True for a name in capitals; those in small letters are about the machine (<see cref="Machine.MachineParameters"/>).</summary>
    internal static bool IsSetting(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    internal static IEnumerable<KeyValuePair<string, string>> FromCommandLine(string text)
    {
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (word.StartsWith(Prefix, StringComparison.Ordinal) && equals > Prefix.Length && IsSetting(word[Prefix.Length..equals]))
                yield return new(word[Prefix.Length..equals], word[(equals + 1)..]);
        }
    }

    internal static IEnumerable<KeyValuePair<string, string>> FromFile(string text, Action<string> warn)
    {
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || !line[..equals].All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || line.Contains('\0', StringComparison.Ordinal))
            {
                warn($"warning: /etc/meduza/env: line {number} is not NAME=value, it is left out");
                continue;
            }
            yield return new(line[..equals], Unquoted(line[(equals + 1)..]));
        }
    }

    private static string Unquoted(string value) =>
        value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'' ? value[1..^1] : value;

    private static string ReadFile(string path, Action<string> warn)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"warning: {path} cannot be read: {e.GetType().Name}");
            return "";
        }
    }
}
