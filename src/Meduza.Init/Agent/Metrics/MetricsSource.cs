using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Status;
using Meduza.Linux.Process;

namespace Meduza.Init.Agent.Metrics;

/// <summary>
/// The metrics of this moment, from what the agent holds already: nothing is asked or read anew but the sizes of two processes,
/// and nothing that the loop works with is waited for. So what they tell is as old as the last turn of the loop.
/// </summary>
internal sealed class MetricsSource(NodeSettings settings, ServiceLink services, Reporter reporter, NodeDownloads downloads, TimeProvider clock)
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();

    public string Read() => new MetricsPage
    {
        Node = settings.NodeId,
        Now = clock.GetUtcNow(),
        AgentStart = _start,
        InitMemory = ResidentMemory.OfParent(),
        AgentMemory = ResidentMemory.OfSelf(),
        Report = reporter.Latest,
        Services = [.. services.Services.Values.OrderBy(service => service.Name, StringComparer.Ordinal)],
        Downloads = downloads.States,
        Applies = reporter.Applies.Read(),
    }.Text();
}
