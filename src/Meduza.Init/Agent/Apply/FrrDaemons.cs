using System.Collections.Immutable;
using System.Net.Sockets;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Preflights;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Apply;

/// <summary>A running FRR daemon does not do what it is told; the message says which line, in its own words where it has any.</summary>
/// <param name="message">One line.</param>
/// <param name="isRefusal">True when it said no to a line, false when it took all and runs something else.</param>
internal sealed class FrrException(string message, bool isRefusal) : Exception(message)
{
    public bool IsRefusal => isRefusal;
}

/// <summary>The running FRR daemons: what each runs, read back from itself, and how it is told something else.</summary>
/// <remarks>
/// A process is read when it is first seen, after it was told something, and when all is looked at anew; what it runs in
/// between is remembered, so an unchanged commit asks nobody. Nothing is kept beyond the agent's life: the next one reads.
/// </remarks>
/// <param name="folder">Where the daemons' vty sockets lie.</param>
internal sealed class FrrDaemons(string folder)
{
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Somebody else may have told them something: each is read again.</summary>
    public void Forget() => _known.Clear();

    /// <summary>What a daemon that is ready runs.</summary>
    public ObservedFrr Look(FrrDaemonConfig daemon, ServiceStatus service)
    {
        if (_known.TryGetValue(daemon.Daemon, out var known) && (known.Pid, known.StartedAt) == (service.Pid, service.StartedAt))
            return new(known.Text);
        _known.Remove(daemon.Daemon);
        try
        {
            using var vty = Connect(daemon.Daemon);
            var text = Read(vty, daemon.Daemon, daemon.Config);
            // Another process, started since, is another look.
            if (vty.PeerPid == service.Pid)
                _known[daemon.Daemon] = new(service.Pid, service.StartedAt, text);
            return new(text);
        }
        catch (Exception e) when (e is SocketException or IOException or FrrException)
        {
            return new("") { Problem = $"{daemon.Daemon} does not say what it runs: {e.Message}" };
        }
    }

    /// <summary>Tells a daemon what differs, and reads back whether it runs that.</summary>
    /// <exception cref="FrrException">It refused a line, and has what it had before; or it runs something else.</exception>
    /// <exception cref="SocketException">It does not answer.</exception>
    /// <exception cref="IOException">It went away.</exception>
    public void Tell(FrrChange change)
    {
        var daemon = change.Daemon;
        if (change.Problem is { } problem)
            throw new FrrException(problem, isRefusal: false);
        _known.Remove(daemon, out var before);
        using var vty = Connect(daemon);
        var refusal = Send(vty, change.Commands, stop: true);
        var running = Read(vty, daemon, change.Config);
        if (refusal is not null)
        {
            var kept = before is null || TakeBack(vty, before, running, change)
                ? "it goes on with what it had"
                : "what it took of the others could not be taken back yet";
            throw new FrrException($"{daemon} refused '{refusal.Value.Line}': {refusal.Value.Words}; {kept}", isRefusal: true);
        }
        if (FrrReadback.Difference(running, change.Config) is { } difference)
            throw new FrrException($"{daemon} took every line and runs something else: {difference}; it is told again", isRefusal: false);
        if (before?.Pid == vty.PeerPid)
            _known[daemon] = before with { Text = change.Config };
    }

    /// <summary>Undoes what was taken of a change before a line of it was refused: bgpd has not acted on half a policy yet.</summary>
    /// <returns>True when the daemon runs what it did before.</returns>
    private bool TakeBack(VtySocket vty, Known before, string running, FrrChange change)
    {
        Send(vty, FrrDelta.Compute(running, before.Text), stop: false);
        var text = Read(vty, change.Daemon, before.Text);
        if (before.Pid == vty.PeerPid)
            _known[change.Daemon] = before with { Text = text };
        return text == before.Text;
    }

    private VtySocket Connect(string daemon)
    {
        var vty = VtySocket.Connect(Path.Combine(folder, $"{daemon}.vty"), VtySocket.ChangeTimeout);
        vty.Send("enable");
        return vty;
    }

    /// <param name="stop">Whether to leave out what comes after a refused line.</param>
    /// <returns>The first line that was refused, with the daemon's words; null where none was.</returns>
    private static (string Line, string Words)? Send(VtySocket vty, ImmutableArray<FrrCommand> commands, bool stop)
    {
        if (commands.IsEmpty)
            return null;
        (string, string)? refused = null;
        foreach (var command in commands.Prepend(new FrrCommand("configure terminal", MayFail: false)))
        {
            var answer = vty.Send(command.Line);
            if (answer.Code == 0 || command.MayFail)
                continue;
            refused ??= (command.Line.Trim(), Words(answer));
            if (stop)
                break;
        }
        vty.Send("end");
        return refused;
    }

    /// <exception cref="FrrException">It does not show it.</exception>
    private static string Read(VtySocket vty, string daemon, string desired)
    {
        const string Show = "show running-config";
        var answer = vty.Send(Show);
        return answer.Code == 0
            ? FrrReadback.Read(answer.Text, desired)
            : throw new FrrException($"{daemon} refused '{Show}': {Words(answer)}", isRefusal: false);
    }

    private static string Words(VtyAnswer answer) =>
        ProgramWords.Of(answer.Text, chatter: [], secrets: [], names: []) is { Length: > 0 } words ? words : $"(no word, code {answer.Code})";

    /// <param name="Pid">The process that was read.</param>
    /// <param name="StartedAt">When PID 1 started it: a pid may come again.</param>
    private sealed record Known(int Pid, long StartedAt, string Text);
}
