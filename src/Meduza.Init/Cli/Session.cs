using Meduza.Init.Control;
using Meduza.Linux;
using Meduza.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Meduza.Init.Cli;

/// <summary>Where a command line writes, whom it asks, and what time it is: all that is not in its arguments.</summary>
/// <param name="Output">For what was asked for.</param>
/// <param name="Error">For the one line that says why not.</param>
/// <param name="Colour">True when the output is to be coloured.</param>
/// <param name="SocketPath">The control socket of PID 1.</param>
/// <param name="LogFolder">Where the services' log files lie.</param>
/// <param name="Time">The clock, for ages.</param>
internal sealed record Session(TextWriter Output, TextWriter Error, bool Colour, string SocketPath, string LogFolder, TimeProvider Time)
{
    /// <summary>Gives all of standard input, up to its end.</summary>
    public Func<byte[]> Input { get; init; } = () => DescriptorIO.ReadToEnd(new Descriptor(0), "standard input");

    /// <summary>Opens standard output for what is no text.</summary>
    public Func<Stream> OutputStream { get; init; } = () => new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    /// <summary>Where the commits of this node are kept.</summary>
    public string SnapshotFolder { get; init; } = Agent.Store.SnapshotFolder.DefaultPath;

    /// <summary>Gives a setting of this node, null where it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = new GivenEnvironment().Variable;

    /// <summary>Standard output and error of this process.</summary>
    public static Session OfProcess()
    {
        var output = new DescriptorWriter(new Descriptor(1), "standard output");
        var error = new DescriptorWriter(new Descriptor(2), "standard error");
        var colour = WantsColour(
            output.IsTerminal, Environment.GetEnvironmentVariable("NO_COLOR"), Environment.GetEnvironmentVariable("TERM"));
        var logs = Environment.GetEnvironmentVariable("MEDUZA_LOG") is { Length: > 0 } folder ? folder : "/var/log";
        return new Session(output, error, colour, ControlSocket.Path, logs, TimeProvider.System);
    }

    /// <summary>Only on a terminal, unless <c>NO_COLOR</c> is set (no-color.org) or the terminal is a dumb one.</summary>
    internal static bool WantsColour(bool isTerminal, string? noColour, string? terminal) =>
        isTerminal && string.IsNullOrEmpty(noColour) && terminal is not (null or "" or "dumb");
}
