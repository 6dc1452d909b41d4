using System.Collections.Concurrent;
using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Soak;

/// <summary>What must be so when nothing is broken, and how it is found out.</summary>
/// <param name="keys">The keys as they are; somebody else changes them.</param>
internal sealed class Checkpoint(ModelFleet fleet, EtcdJson etcd, SortedDictionary<string, string> keys)
{
    private const string Marker = "/soak/marker";

    private readonly Dictionary<string, IReadOnlyDictionary<string, (int Pid, long StartTicks)>> _daemons = [];
    private readonly Dictionary<string, int> _lastCommit = [];
    private long _looked;

    /// <summary>
    /// Waits until each gateway has applied the commit and is what its keys say; then no daemon may be another process than at
    /// the last look, save those named, and no node may have told of an older commit after a newer one.
    /// </summary>
    /// <exception cref="LabException">It is not so; with all that differs.</exception>
    public void Pass(string commit, IReadOnlySet<Daemon> mayRestart, TimeSpan patience)
    {
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        var expected = ModelFleet.Nodes.ToDictionary(node => node, node =>
            Render(node) ?? throw new LabException($"{node}: meduza render takes keys for wrong that must be right:\n{string.Join('\n', keys.Select(key => $"{key.Key} = {key.Value}"))}"));
        while (Differences(commit, expected) is { Count: > 0 } differences)
        {
            if (Environment.TickCount64 > deadline)
                throw new LabException($"after {patience.TotalSeconds:0} s with nothing broken:\n{string.Join('\n', differences)}");
            Thread.Sleep(300);
        }
        List<string> faults = [.. ModelFleet.Nodes.SelectMany(node => Restarted(node, mayRestart)), .. ToldOutOfOrder()];
        if (faults.Count > 0)
            throw new LabException(string.Join('\n', faults));
    }

    /// <summary>Waits until each node has said what came of a commit: applied, or rejected where that is how it must be.</summary>
    /// <exception cref="LabException">One did not say so.</exception>
    public void WaitForResults(Change change, string commit, TimeSpan patience)
    {
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        foreach (var node in ModelFleet.Nodes)
        {
            var result = change.IsWrong && Render(node) is null ? "rejected" : "applied";
            while (Told(node) is var told && (told?.Commit != commit || told.Result != result))
            {
                if (Environment.TickCount64 > deadline)
                    throw new LabException($"{node} does not say that commit {commit} is {result}; it says: {told}");
                Thread.Sleep(5);
            }
        }
    }

    private RenderedNode? Render(string node) => RenderedNode.TryRender(node, keys, $"{fleet.Lab.Folder.Path}/rendered-{node}");

    private Outcome? Told(string node) => etcd.Get($"/updated/{node}/commit") is { } json ? Outcome.TryParse(json) : null;

    private List<string> Differences(string commit, Dictionary<string, RenderedNode> expected)
    {
        var all = new ConcurrentDictionary<string, IReadOnlyList<string>>();
        Parallel.ForEach(ModelFleet.Nodes, node =>
        {
            // Before it says so nothing need be compared.
            var told = Told(node);
            all[node] = told is { Result: "applied" } && told.Commit == commit
                ? new ObservedNode(fleet.Gateway(node)).Differences(expected[node], keys)
                : [$"{node} does not say that commit {commit} is applied; it says: {told}"];
        });
        return [.. ModelFleet.Nodes.SelectMany(node => all[node])];
    }

    private IEnumerable<string> Restarted(string node, IReadOnlySet<Daemon> mayRestart)
    {
        var now = new ObservedNode(fleet.Gateway(node)).Daemons();
        var before = _daemons.GetValueOrDefault(node) ?? now;
        _daemons[node] = now;
        return before.Keys.Union(now.Keys)
            .Where(service => !mayRestart.Contains(new(node, service)) && before.GetValueOrDefault(service) != now.GetValueOrDefault(service))
            .Select(service => $"{new Daemon(node, service)} is another process, though nothing of it was changed: was {before.GetValueOrDefault(service)}, is {now.GetValueOrDefault(service)}");
    }

    /// <summary>Reads all that the nodes have said since the last look.</summary>
    private List<string> ToldOutOfOrder()
    {
        var mark = $"{_looked}";
        var until = etcd.Write([(Marker, mark)]);
        using var events = fleet.Lab.Etcd.Watch(_looked + 1);
        events.WaitFor(Marker, e => e.Value == mark);
        List<string> faults = [];
        foreach (var node in ModelFleet.Nodes)
        {
            foreach (var told in events.Seen.Where(e => e.Key == $"/updated/{node}/commit" && e.Value is not null))
            {
                var number = int.Parse(Outcome.TryParse(told.Value!)!.Commit, CultureInfo.InvariantCulture);
                if (number < _lastCommit.GetValueOrDefault(node))
                    faults.Add($"{node} told of commit {number}, at revision {told.Revision}, after it had told of {_lastCommit[node]}: {told.Value}");
                _lastCommit[node] = number;
            }
        }
        _looked = until;
        return faults;
    }
}
