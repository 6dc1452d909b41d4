using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Boot;

/// <summary>
/// PID 1 reads its signals from a descriptor, for which they must be blocked in every thread, and the runtime has made
/// threads of its own before any of our code runs. So the first image blocks them and executes itself once more: the
/// mask outlives that, and every thread of the second image is born with it. The mask is the one mark by which the
/// second image knows itself.
/// </summary>
internal static class CleanImage
{
    /// <summary>
    /// The runtime lets garbage grow to the size of the processor's last cache before it collects, tens of megabytes on
    /// a server. Hexadecimal, without 0x.
    /// </summary>
    private const string SmallHeap = "DOTNET_GCgen0size=40000";

    /// <summary>True in the second image.</summary>
    public static bool IsThis => (Signals.Blocked() & Signals.Blockable) == Signals.Blockable;

    /// <summary>Executes it; returns only when that failed, and why.</summary>
    public static Exception Execute()
    {
        // An inherited SIG_IGN of SIGCHLD would make the kernel throw exit statuses away.
        Signals.Reset(SIGCHLD);
        Signals.SetBlocked(Signals.Blockable);
        return OwnProcess.Reexecute(["meduza-init"], [SmallHeap, .. Spawn.OwnEnvironment()]);
    }

    /// <summary>The environment that this program was given, without what one of its images added for the next.</summary>
    public static IReadOnlyList<string> GivenEnvironment() => [.. Spawn.OwnEnvironment().Where(
        v => v != SmallHeap && !v.StartsWith($"{Linux.Process.Continuation.Variable}=", StringComparison.Ordinal))];
}
