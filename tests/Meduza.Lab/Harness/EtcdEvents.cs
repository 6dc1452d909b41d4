using System.Text;
using System.Text.Json;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>One change of one key.</summary>
/// <param name="Key">Which.</param>
/// <param name="Value">What it is now; null when it was deleted.</param>
/// <param name="Revision">When.</param>
public sealed record EtcdEvent(string Key, string? Value, long Revision);

/// <summary>What <c>etcdctl watch</c> says, from the revision on at which it began; nothing that happened before a wait is missed by it.</summary>
public sealed class EtcdEvents : IDisposable
{
    private readonly Func<long, RunningCommand> _start;
    private readonly List<EtcdEvent> _earlier = [];
    private RunningCommand _watch;

    /// <param name="start">Starts a watch from a revision on.</param>
    internal EtcdEvents(long fromRevision, Func<long, RunningCommand> start) => (_start, _watch) = (start, start(fromRevision));

    /// <summary>All that came so far.</summary>
    public IReadOnlyList<EtcdEvent> Seen => [.. _earlier, .. _watch.Lines.SelectMany(Parse)];

    /// <summary>Waits for a change of a key, or finds the first one that came already.</summary>
    /// <exception cref="LabException">None that fits came.</exception>
    public EtcdEvent WaitFor(string key, Func<EtcdEvent, bool> wanted, TimeSpan? timeout = null)
    {
        var mark = $"\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(key))}\"";
        EtcdEvent? found = null;
        bool Fits(string line)
        {
            if (line.Contains(mark, StringComparison.Ordinal))
                found ??= Parse(line).FirstOrDefault(e => e.Key == key && wanted(e));
            return found is not null;
        }
        if (_earlier.Find(e => e.Key == key && wanted(e)) is { } known)
            return known;
        var deadline = Environment.TickCount64 + (long)(timeout ?? Must.Patience).TotalMilliseconds;
        while (true)
        {
            try
            {
                _watch.WaitForLine(Fits, TimeSpan.FromMilliseconds(Math.Max(deadline - Environment.TickCount64, 0)));
                return found!;
            }
            catch (TimeoutException) when (_watch.HasExited && Environment.TickCount64 < deadline)
            {
                Continue();
            }
            catch (TimeoutException)
            {
                var last = Seen.LastOrDefault(e => e.Key == key);
                throw new LabException($"{key} did not become what was waited for; last: {last?.Value ?? "not there"}");
            }
        }
    }

    /// <summary>etcdctl 3.5 ends its watch when an etcd that was restarted does not know its token: another one goes on behind what was seen.</summary>
    private void Continue()
    {
        _earlier.AddRange(_watch.Lines.SelectMany(Parse));
        _watch.Dispose();
        Thread.Sleep(50);
        _watch = _start(_earlier.Count == 0 ? 1 : _earlier.Max(e => e.Revision) + 1);
    }

    /// <summary>Waits for the outcome of a commit at a node, as <c>/updated/NODE/commit</c> says it.</summary>
    /// <param name="node">Which node.</param>
    /// <param name="commit">The value of <c>/commit</c>.</param>
    /// <param name="result">Which result to wait for; null is the first, whatever it says.</param>
    public Outcome WaitForCommit(string node, string commit, string? result = null, TimeSpan? timeout = null)
    {
        Outcome? outcome = null;
        WaitFor(
            $"/updated/{node}/commit",
            e => e.Value is { } value
                && Outcome.TryParse(value) is { } parsed
                && parsed.Commit == commit
                && (result is null || parsed.Result == result)
                && (outcome = parsed) is not null,
            timeout);
        return outcome!;
    }

    public void Dispose() => _watch.Dispose();

    internal static string Text(JsonElement entry, string field) =>
        entry.TryGetProperty(field, out var value) ? Encoding.UTF8.GetString(value.GetBytesFromBase64()) : "";

    private static List<EtcdEvent> Parse(string line)
    {
        var events = new List<EtcdEvent>();
        if (!line.StartsWith('{'))
            return events;
        using var message = JsonDocument.Parse(line);
        if (!message.RootElement.TryGetProperty("Events", out var changes) || changes.ValueKind != JsonValueKind.Array)
            return events;
        foreach (var change in changes.EnumerateArray())
        {
            var entry = change.GetProperty("kv");
            var deleted = change.TryGetProperty("type", out var type) && type.GetInt32() == 1;
            events.Add(new(
                Text(entry, "key"), deleted ? null : Text(entry, "value"), entry.GetProperty("mod_revision").GetInt64()));
        }
        return events;
    }
}
