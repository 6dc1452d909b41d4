using Meduza.Gateway.Render;

namespace Meduza.Init.Supervise.States;

internal static class ReadinessWords
{
    /// <summary>What a starting service waits for, as status shows it; null when for no more than its execution.</summary>
    public static string? Of(ServiceDefinition definition) =>
        definition.Kind == ServiceKind.Oneshot ? "its end" : Of(definition.Readiness);

    public static string? Of(Readiness readiness) => readiness.Kind switch
    {
        ReadinessKind.UnixSocket or ReadinessKind.TcpPort => $"a connection to {readiness.Target}",
        ReadinessKind.BoundTcpPort => $"TCP port {readiness.Target}",
        ReadinessKind.BoundUdpPort => $"UDP port {readiness.Target}",
        ReadinessKind.NotifyDescriptor => $"a line on descriptor {readiness.Target}",
        ReadinessKind.NotifySocket => "READY=1",
        ReadinessKind.Agent => "the agent's word",
        ReadinessKind.Device => $"device {readiness.Target}",
        ReadinessKind.File => $"file {readiness.Target}",
        _ => null,
    };
}
