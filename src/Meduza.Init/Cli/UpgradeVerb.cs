using System.CommandLine;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza upgrade [FILE] [--timeout S]</c>: PID 1 goes on in place as another program, and no daemon is restarted.</summary>
internal sealed class UpgradeVerb : Verb
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private readonly Argument<string?> _file = new("FILE")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "The new program: root's own, and written by nobody else. Without it PID 1 executes the one that it is",
    };
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public UpgradeVerb(Session session)
        : base(
            "upgrade", "Let meduza-init go on as another program, with every service left as it is", session,
            ("meduza upgrade /root/meduza-init", "tries the file as a child first; one that cannot go on changes nothing"),
            ("meduza upgrade", "executes the present program anew"))
    {
        Add(_file);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var file = arguments.GetValue(_file) is { } path ? Path.GetFullPath(path) : null;
        var timeout = TimeSpan.FromSeconds(arguments.GetValue(_timeout));
        var before = await AskForItAsync(file, timeout, cancellation);
        var (after, services) = await NextImageAsync(before, timeout, cancellation);

        if (after.WentBack && after.Faults > before.Faults)
            throw new CommandException(
                $"{file} had a fault at its start ({Tones.Clean(after.LastFault ?? "")}): {after.Version} goes on, see `meduza logs meduza-init`");
        var others = services == 1 ? "one service goes on" : $"{services} services go on";
        Session.Output.WriteLine(
            file is null ? $"meduza-init {after.Version} goes on: {others}" : $"meduza-init {before.Version} -> {after.Version}: {others}");
        return ExitCodes.Done;
    }

    /// <returns>What PID 1 was, at the moment before.</returns>
    private async Task<InitReport> AskForItAsync(string? file, TimeSpan timeout, CancellationToken cancellation)
    {
        InitReport? before = null;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(timeout);
        await using var connection = await ControlConnection.OpenAsync(Session.SocketPath, cancellation);
        try
        {
            // The first frame says that it goes on; a second one comes only where that failed after all.
            var request = new ControlRequest { Verb = Verbs.Upgrade, Program = file };
            await foreach (var reply in connection.StreamAsync(request, late.Token))
                before = reply.Init ?? before;
        }
        catch (ConnectionLostException) when (before is not null)
        {
            // As announced.
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException($"meduza-init does not answer within {timeout.TotalSeconds:0.#} s: see `meduza logs meduza-init`", ExitCodes.NotYet);
        }
        return before ?? throw new CommandException("meduza-init does not say that it goes on: see `meduza logs meduza-init`");
    }

    private async Task<(InitReport After, int Services)> NextImageAsync(InitReport before, TimeSpan timeout, CancellationToken cancellation)
    {
        for (var end = Environment.TickCount64 + (long)timeout.TotalMilliseconds; ; await Task.Delay(LookAgain, cancellation))
        {
            try
            {
                var reply = await AskAsync(new() { Verb = Verbs.Status }, null, cancellation);
                if (reply.Init is { } init && init.ImageStartedAt != before.ImageStartedAt)
                    return (init, reply.Services.Count(s => s.Pid > 0 && s.Name != ControlNames.Agent));
            }
            catch (CommandException) when (Environment.TickCount64 < end)
            {
                // It is on its way.
            }
            if (Environment.TickCount64 >= end)
                throw new CommandException("meduza-init was executed anew and does not answer: see its output", ExitCodes.NotYet);
        }
    }
}
