using System.Diagnostics;
using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Soak;

/// <summary>What is run.</summary>
/// <param name="Changes">How many changes, at least: a run ends when nothing is broken.</param>
/// <param name="Seed">Which ones.</param>
internal sealed record SoakOptions(int Changes, int Seed)
{
    /// <summary>After this many changes, when nothing is broken, each gateway is compared with what it must be.</summary>
    public int CheckEvery { get; init; } = 100;

    /// <summary>Faults of certain steps; empty leaves them to chance.</summary>
    public IReadOnlyDictionary<int, FaultKind> Faults { get; init; } = new Dictionary<int, FaultKind>();

    /// <summary>Folder for all that the gateways said, when it fails; null keeps nothing but the last lines.</summary>
    public string? Logs { get; init; }

    /// <summary>Then it ends, however many changes it was.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromHours(6);
}

/// <summary>
/// Random changes of a model fleet while agents and members of etcd are killed and links are cut. In the end, and now and
/// then before it, each gateway must be what its keys say, and no daemon another process that nothing was changed of.
/// </summary>
internal sealed class SoakRun(SoakOptions options, TextWriter output)
{
    /// <summary>How long a gateway may take to be right once nothing is broken any more: a session with a member that was cut off ends after 12 s, and the fifth restart of a daemon waits for 30.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Step? _step;
    private int _commits;
    private int _faults;
    private int _checks;

    /// <returns>Exit code.</returns>
    public int Run()
    {
        Say($"seed {options.Seed}: {options.Changes} changes; the same again by: ./build.sh soak {options.Changes} {options.Seed}");
        ModelFleet? fleet = null;
        try
        {
            fleet = ModelFleet.Create();
            using var etcd = new EtcdJson(fleet.Lab);
            Go(fleet, etcd);
            Say($"{_step!.Number} changes in {_commits} commits with {_faults} faults, compared {_checks} times, in {_clock.Elapsed.TotalSeconds:0} s: each gateway is what its keys say");
            return 0;
        }
        catch (Exception e) when (e is LabException or TimeoutException)
        {
            if (Live.Interrupted)
                return 1;
            Say($"FAILED with seed {options.Seed} at {_step}, after {_commits} commits and {_faults} faults\n{e.Message}");
            foreach (var gateway in fleet?.Lab.Gateways ?? [])
                ShowLog(gateway);
            return 1;
        }
        finally
        {
            fleet?.Dispose();
        }
    }

    private void Go(ModelFleet fleet, EtcdJson etcd)
    {
        var keys = new SortedDictionary<string, string>(fleet.Keys.ToDictionary(), StringComparer.Ordinal);
        foreach (var chunk in keys.Chunk(100))
            etcd.Write(chunk.Select(pair => (pair.Key, pair.Value)));
        etcd.Commit("0");
        fleet.Start();
        var check = new Checkpoint(fleet, etcd, keys);
        check.Pass("0", new HashSet<Daemon>(), Patience);

        var steps = new StepSource(options.Seed, keys, options.Faults);
        var commit = "0";
        HashSet<Daemon> mayRestart = [];
        (Fault Fault, int Until)? broken = null;
        var unchecked_ = 0;
        for (var number = 1; number <= options.Changes || !steps.IsSettled; number++)
        {
            if (_clock.Elapsed > options.Limit && steps.IsSettled)
                break;
            var step = _step = steps.Next();
            // First: this step may be the beginning of another one.
            if (broken is var (what, until) && number >= until)
            {
                what.Mend(fleet);
                broken = null;
            }
            mayRestart.UnionWith(step.Change.Restarts);
            var revision = etcd.Write(
                step.Change.Edits.Where(edit => edit.Value is not null).Select(edit => (edit.Key, edit.Value!)), step.Change.Edits.Where(edit => edit.Value is null).Select(edit => edit.Key));
            if (step.Change.IsCommitted)
            {
                commit = $"{number}";
                _commits++;
                etcd.Commit(commit);
            }
            if (step.Fault is { } fault)
            {
                _faults++;
                Say($"{step}");
                fault.Begin(fleet);
                broken = fault.Steps > 0 ? (fault, number + fault.Steps) : null;
            }
            if (step is { Waiting: Waiting.UntilApplied, Change.IsCommitted: true } && broken is null)
                check.WaitForResults(step.Change, commit, Patience);
            Thread.Sleep(step.PauseMilliseconds);
            if (++unchecked_ >= options.CheckEvery && steps.IsSettled)
            {
                Pass(check, commit, mayRestart);
                unchecked_ = 0;
            }
        }
        if (unchecked_ > 0)
            Pass(check, commit, mayRestart);
    }

    private void Pass(Checkpoint check, string commit, HashSet<Daemon> mayRestart)
    {
        var clock = Stopwatch.StartNew();
        check.Pass(commit, mayRestart, Patience);
        mayRestart.Clear();
        _checks++;
        Say(string.Create(CultureInfo.InvariantCulture, $"{_step!.Number} changes, {_commits} commits, {_faults} faults, {_clock.Elapsed.TotalSeconds:0} s: all is as it must be (looked at for {clock.Elapsed.TotalSeconds:0.0} s)"));
    }

    private void ShowLog(Gateway gateway)
    {
        var log = gateway.Init.Output.TrimEnd('\n');
        Say($"\nthe last that {gateway.Name} said:\n{string.Join('\n', log.Split('\n').TakeLast(60))}");
        if (options.Logs is null)
            return;
        Directory.CreateDirectory(options.Logs);
        File.WriteAllText($"{options.Logs}/{options.Seed}-{gateway.Name}.log", log);
    }

    private void Say(string what)
    {
        output.WriteLine(what);
        output.Flush();
    }
}
