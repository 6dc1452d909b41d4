using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>The reference tools, run in a test's namespace.</summary>
internal static class NetfilterTools
{
    /// <summary>Runs a program with arguments separated by spaces, and gives what it prints.</summary>
    public static string Tool(this NetworkNamespace network, string commandLine, string? input = null)
    {
        var words = commandLine.Split(' ');
        var result = network.Run(() => Command.Run(words[0], words[1..], TimeSpan.FromSeconds(60), input));
        Assert.True(result.ExitCode == 0, $"{commandLine}: {result.Error}");
        return result.Output;
    }

    /// <summary>As <see cref="Tool"/>, by lines.</summary>
    public static string[] Lines(this NetworkNamespace network, string commandLine) =>
        network.Tool(commandLine).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
