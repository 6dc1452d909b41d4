using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Supervise.Processes;

/// <summary>The one service that PID 1 defines by itself: this binary again, as the agent.</summary>
internal static class AgentService
{
    public static ServiceDefinition Definition { get; } = new()
    {
        Name = ControlNames.Agent,
        Component = ControlNames.Agent,
        Command = ["meduza-init", "agent"],
        // Garbage may grow to 1 MB before it is collected, instead of to the size of the processor's cache.
        Environment = ["DOTNET_GCgen0size=100000"],
    };
}
