namespace Meduza.Init.Cli;

/// <summary>Ends a verb with one line for the operator: what is wrong, with what, and the remedy.</summary>
internal class CommandException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>PID 1 ended the connection: it stops, or goes on as another image of itself.</summary>
internal sealed class ConnectionLostException(string message) : CommandException(message);
