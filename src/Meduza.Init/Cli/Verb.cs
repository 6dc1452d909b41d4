using System.CommandLine;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>One word of the command line.</summary>
internal abstract class Verb : Command
{
    /// <param name="name">As it is typed.</param>
    /// <param name="description">One line for the help.</param>
    /// <param name="session">Where it writes, whom it asks.</param>
    /// <param name="examples">Command lines, each with what it does: shown below the help.</param>
    protected Verb(string name, string description, Session session, params (string Line, string Meaning)[] examples)
        : base(name, description)
    {
        Session = session;
        Examples = examples;
        SetAction(RunAsync);
    }

    public IReadOnlyList<(string Line, string Meaning)> Examples { get; }

    protected Session Session { get; }

    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">It ends with one line of error.</exception>
    protected abstract Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation);

    /// <summary>Connects, asks once, and leaves.</summary>
    /// <inheritdoc cref="ControlConnection.AskAsync"/>
    protected Task<ControlReply> AskAsync(ControlRequest request, TimeSpan? limit, CancellationToken cancellation) =>
        ControlConnection.AskAsync(Session.SocketPath, request, limit, cancellation);
}
