using System.Collections.Immutable;
using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Supervise.Processes;

/// <summary>The service that PID 1 always defines by itself: this binary again, as the agent.</summary>
internal static class AgentService
{
    /// <summary>The agent goes only after everything else when memory runs out, and before PID 1.</summary>
    private const int OomScore = -800;

    /// <summary>
    /// It stays root, since it writes what root owns, and gives files to the services' users. It needs the network's
    /// settings, and the sockets and folders that belong to those users. To ask a program about its new configuration as the
    /// program's own user, and to end one that does not answer, it needs what changes users (<c>SETUID</c>, <c>SETGID</c>,
    /// <c>SETPCAP</c>) and <c>KILL</c>. Nothing else of root's power.
    /// </summary>
    private static ImmutableArray<string> Capabilities { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
    ];

    public static ServiceDefinition Definition { get; } = new()
    {
        Name = ControlNames.Agent,
        Component = ControlNames.Agent,
        Command = ["meduza-init", "agent"],
        // Where there is one: then etcd goes after the agent, which has its last status to write.
        After = [LocalEtcd.Service],
        // Garbage may grow to 1 MB before it is collected, instead of to the size of the processor's cache.
        Environment = ["DOTNET_GCgen0size=100000"],
        Privileges = new() { Capabilities = Capabilities, NoNewPrivileges = true },
        Limits = new() { OomScore = OomScore },
    };
}
