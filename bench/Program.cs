using Meduza.Bench;
using Meduza.Bench.Supervision;
using Meduza.Lab.Harness;

Live.TakeDownOnSignals();
LabFolder.SweepAbandoned();
try
{
    if (args is ["rendering"])
    {
        RenderedFleet.Measure();
        return Live.End(0);
    }
    SupervisionFigures.Measure();
    if (args is ["supervision"])
        return Live.End(0);
    SubscriptionMerge.Measure();
    ProxyRules.Measure();
    Routes.Measure();
    WireGuardDifference.Measure();
    RenderedFleet.Measure();
    UserspaceWireGuardChange.Measure();
    KernelWireGuard.Measure();
    Boot.Measure();
    Continuity.Measure();
    using var solo = SoloGateway.Start();
    IdleMemory.Measure(solo, "after_start");
    CommitLatency.Measure(solo);
    UnchangedCommit.Measure(solo);
    IdleMemory.Measure(solo, "after_100_commits");
    return Live.End(0);
}
catch (Exception e) when (e is LabException or TimeoutException)
{
    if (!Live.Interrupted)
        Console.Error.WriteLine(e.Message);
    return Live.End(1);
}
