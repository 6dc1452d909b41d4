using System.Collections.Immutable;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Downloads;

/// <summary>One download that is under way: how far it is. It is written by who fetches and read by who tells of it.</summary>
internal sealed class Transfer(Transfers all, string kind, string name, TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private long _start = clock.GetTimestamp();
    private long _already, _bytes;
    private long? _total;

    /// <summary>The answer's body begins.</summary>
    /// <param name="already">Bytes that are there from an earlier try.</param>
    /// <param name="total">Bytes that it has in all, as it comes; null where the server does not say.</param>
    public void Begin(long already, long? total)
    {
        lock (_lock)
            (_start, _already, _bytes, _total) = (clock.GetTimestamp(), already, already, total);
    }

    public void Add(int bytes)
    {
        lock (_lock)
            _bytes += bytes;
    }

    public DownloadReport Report
    {
        get
        {
            lock (_lock)
            {
                var seconds = clock.GetElapsedTime(_start).TotalSeconds;
                return new(kind, name, _bytes, _total, seconds > 0 ? (long)((_bytes - _already) / seconds) : 0);
            }
        }
    }

    /// <summary>It is over.</summary>
    public void Dispose() => all.End(this);
}

/// <summary>The downloads that are under way.</summary>
internal sealed class Transfers(Triggers triggers, TimeProvider clock)
{
    /// <summary>How often it is told how far they are.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private volatile Transfer[] _all = [];

    /// <summary>How far each is.</summary>
    public ImmutableArray<DownloadReport> Reports => [.. _all.Select(transfer => transfer.Report)];

    /// <summary>How long what was told of them is good; infinite where none is under way.</summary>
    public TimeSpan Wait => _all.Length == 0 ? Timeout.InfiniteTimeSpan : Interval;

    /// <summary>One begins, and ends with the disposal of what this returns.</summary>
    /// <param name="kind">As in <see cref="DownloadState"/>.</param>
    /// <param name="name">Which of its kind.</param>
    public Transfer Begin(string kind, string name)
    {
        var transfer = new Transfer(this, kind, name, clock);
        lock (_lock)
            _all = [.. _all, transfer];
        triggers.Raise(Trigger.Report);
        return transfer;
    }

    internal void End(Transfer transfer)
    {
        lock (_lock)
            _all = [.. _all.Where(other => other != transfer)];
        triggers.Raise(Trigger.Report);
    }
}
