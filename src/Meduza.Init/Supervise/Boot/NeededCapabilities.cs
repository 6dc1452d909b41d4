using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Boot;

/// <summary>A capability that PID 1 must be given.</summary>
/// <param name="IsNeeded">False where a gateway without it does most of what it is for.</param>
/// <param name="For">What does not work without it.</param>
internal sealed record NeededCapability(Capability Capability, bool IsNeeded, string For)
{
    public string Remedy => $"start the container with --cap-add {Capability.ToString()["CAP_".Length..]}";
}

/// <summary>What a container must be given, which <c>docs/deploy.md</c> shows to operators; the examples below <c>docs/deploy</c> have the same.</summary>
internal static class NeededCapabilities
{
    public static IReadOnlyList<NeededCapability> All { get; } =
    [
        new(Capability.CAP_NET_ADMIN, true, "devices, addresses, routes and rules"),
        new(Capability.CAP_NET_RAW, true, "OSPF and TPROXY"),
        new(Capability.CAP_NET_BIND_SERVICE, true, "port 53 and BGP's 179"),
        new(Capability.CAP_SETGID, true, "running daemons as their own users"),
        new(Capability.CAP_SETUID, true, "running daemons as their own users"),
        new(Capability.CAP_SETPCAP, true, "taking capabilities from daemons"),
        new(Capability.CAP_CHOWN, true, "giving daemons their files"),
        new(Capability.CAP_FOWNER, true, "the rights of daemons' files"),
        new(Capability.CAP_DAC_OVERRIDE, true, "writing files that daemons own"),
        new(Capability.CAP_KILL, true, "stopping daemons of other users"),
        new(Capability.CAP_SYS_ADMIN, false, "FRR, mounts and control groups"),
    ];

    /// <summary>Those that a set lacks.</summary>
    public static IEnumerable<NeededCapability> MissingFrom(CapabilitySet has) => All.Where(needed => !has.Has(needed.Capability));
}
