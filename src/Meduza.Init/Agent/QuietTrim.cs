using Meduza.Linux.Process;

namespace Meduza.Init.Agent;

/// <summary>
/// Gives back what a burst of work took: once it has been quiet for a while, everything unused is collected, the heap is
/// shrunk, and pages of the program that only the burst needed are unmapped. A gateway is quiet nearly all of its life.
/// </summary>
internal sealed class QuietTrim(TimeProvider clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private long? _workedAt;

    /// <summary>How long until it is due; infinite while there is nothing to give back.</summary>
    public TimeSpan Wait => _workedAt is { } at ? Quiet - clock.GetElapsedTime(at) : Timeout.InfiniteTimeSpan;

    /// <summary>Something was done that leaves garbage behind.</summary>
    public void Worked() => _workedAt = clock.GetTimestamp();

    /// <summary>Gives back, if it is due.</summary>
    public void RunIfDue()
    {
        if (_workedAt is null || Wait > TimeSpan.Zero)
            return;
        _workedAt = null;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProgramPages.Release();
    }
}
