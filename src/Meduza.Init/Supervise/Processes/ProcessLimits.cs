using Meduza.Init.Supervise.Continuation;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// Limits that PID 1 takes for itself and must not hand down: many open files (two pipes a service), and being the last
/// that the kernel kills when memory runs out.
/// </summary>
internal sealed class ProcessLimits
{
    private const int OwnOomScore = -900;

    /// <summary>The soft limit of open files as it was before PID 1 raised it for itself.</summary>
    public int? ChildOpenFiles { get; private init; }

    /// <summary>True when the score could be set (in a container it often may not be lowered).</summary>
    public bool OomScoreIsOurs { get; private init; }

    /// <summary>What PID 1 may hand down.</summary>
    public CapabilitySet Capabilities { get; private init; }

    /// <summary>Takes them.</summary>
    public static ProcessLimits Take() => new()
    {
        ChildOpenFiles = OwnLimits.RaiseOpenFiles(),
        OomScoreIsOurs = OwnLimits.TrySetOomScore(OwnOomScore),
        Capabilities = CapabilitySet.Own(),
    };

    /// <summary>Those that an earlier image of PID 1 took.</summary>
    public static ProcessLimits Resume(KeptLimits kept) =>
        new() { ChildOpenFiles = kept.ChildOpenFiles, OomScoreIsOurs = kept.OomScoreIsOurs, Capabilities = CapabilitySet.Own() };

    public KeptLimits Keep() => new() { ChildOpenFiles = ChildOpenFiles, OomScoreIsOurs = OomScoreIsOurs };
}
