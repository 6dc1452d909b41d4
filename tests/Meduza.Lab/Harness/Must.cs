using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>Running programs that must succeed.</summary>
public static class Must
{
    /// <summary>How long a tool of the lab (ip, etcdctl, mount) may take before it counts as hung.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs a program and gives its standard output.</summary>
    /// <exception cref="LabException">It ended with another code than 0.</exception>
    public static string Run(IReadOnlyList<string> command, string? input = null, IReadOnlyList<string>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        var result = Command.Run(command[0], [.. command.Skip(1)], Patience, input, environment);
        return result.ExitCode == 0 ? result.Output : throw Failed(command, result);
    }

    /// <summary>What a failed program said, as an exception.</summary>
    public static LabException Failed(IReadOnlyList<string> command, CommandResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new($"{string.Join(' ', command)}: exit code {result.ExitCode}\n{result.Output}{result.Error}".TrimEnd());
    }
}

/// <summary>The lab itself could not do what it was asked for, or something in it did not come to be in time.</summary>
public sealed class LabException : Exception
{
    public LabException() { }
    public LabException(string message) : base(message) { }
    public LabException(string message, Exception inner) : base(message, inner) { }
}
