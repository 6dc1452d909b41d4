namespace Meduza.Init.Cli;

/// <summary>Ends a verb with one line for the operator: what is wrong, with what, and the remedy.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
