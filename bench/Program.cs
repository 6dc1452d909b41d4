using Meduza.Bench;
using Meduza.Bench.Size;
using Meduza.Bench.Supervision;
using Meduza.Lab.Harness;

// In this order: each begins on a machine as quiet as the one before left it.
(string Name, Action Measure)[] parts =
[
    ("supervision", SupervisionFigures.Measure),
    ("flood", Flood.Measure),
    ("continuity", Continuity.Measure),
    ("rules", ProxyRules.Measure),
    ("proxy", ProxyFailover.Measure),
    ("routes", Routes.Measure),
    ("wireguard", MeasureWireGuard),
    ("rendering", MeasureRendering),
    ("boot", Boot.Measure),
    ("names", NameAnswers.Measure),
    ("commits", MeasureCommits),
    ("start", MeasureStart),
    ("image", ImageFigures.Measure),
    ("vm", MachineFigures.Measure),
];

if (args is ["size", var account])
{
    BinarySize.Measure(account);
    return 0;
}

var unknown = args.Except(parts.Select(part => part.Name)).ToList();
if (unknown.Count > 0)
{
    Console.Error.WriteLine($"bench: there is no part \"{unknown[0]}\": {string.Join(", ", parts.Select(part => part.Name))}");
    return 2;
}

Live.TakeDownOnSignals();
LabFolder.SweepAbandoned();
var failed = 0;
foreach (var (name, measure) in parts.Where(part => args.Length == 0 || args.Contains(part.Name)))
{
    try
    {
        measure();
    }
    catch (Exception e) when (!Live.Interrupted)
    {
        // The figures of the other parts are worth as much without it.
        Console.Error.WriteLine($"bench: {name} broke off: {e}");
        failed++;
    }
}
return Live.End(failed == 0 ? 0 : 1);

static void MeasureWireGuard()
{
    WireGuardDifference.Measure();
    UserspaceWireGuardChange.Measure();
    KernelWireGuard.Measure();
}

static void MeasureRendering()
{
    SubscriptionMerge.Measure();
    RenderedFleet.Measure();
}

static void MeasureCommits()
{
    using var solo = SoloGateway.Start();
    IdleMemory.Measure(solo, "after_start");
    CommitLatency.Measure(solo, "");
    ProgramsOwnTime.Measure(solo);
    UnchangedCommit.Measure(solo);
    IdleMemory.Measure(solo, "after_1000_commits");
    LargeFleet.Write(solo);
    solo.Apply("a thousand nodes");
    CommitLatency.Measure(solo, "_1000_nodes");
    ProgramsOwnTime.Bgpd(solo, "_1000_nodes");
}

static void MeasureStart()
{
    using (var small = SoloGateway.Start())
        StartToApplied.Measure(small, "");
    using var large = SoloGateway.Start();
    LargeFleet.Write(large);
    large.Apply("a thousand nodes");
    StartToApplied.Measure(large, "_1000_nodes");
}
