using System.Net;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Init.Agent.Apply.WireGuard;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;
using Meduza.Linux;
using Meduza.Linux.Files;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Netlink.WireGuard;
using Meduza.Linux.WireGuard;

namespace Meduza.Init.Agent.Apply;

/// <summary>All that looks at this machine, and that changes it: put together once, for the agent and for who only looks.</summary>
internal sealed class MachineAccess : IDisposable
{
    private readonly WireGuardSocket? _kernelWireGuard;

    private MachineAccess(
        NodeSettings settings, IReadOnlyDictionary<string, ServiceStatus> services, Triggers triggers, TimeProvider clock, FolderWatch? folders, Action<string> warn,
        CancellationToken cancellation)
    {
        Route = RouteSocket.Open();
        ProxyAddresses = new(triggers, clock, Dns.GetHostAddressesAsync, warn);
        Packets = new(Route, () => ProxyAddresses.Current);
        _kernelWireGuard = WireGuardSocket.TryOpen();
        var userspace = new UserspaceWireGuard();
        WireGuard = new(
            new WireGuardOwnership(Route, userspace, services), _kernelWireGuard, userspace,
            new WireGuardEndpoints(triggers, clock, Dns.GetHostAddressesAsync, cancellation));
        Accounts = Accounts.Read();
        Frr = new(VtyFiles.Folder);
        Machine = MachineProbe.Probe(settings, Accounts, warn) with { WireGuardInKernel = _kernelWireGuard is not null };
        HealthPort = new(clock);
        Files = new(folders, Accounts);
        Observer = new(Route, Frr, Packets, WireGuard, Files, Accounts, HealthPort);
    }

    public RouteSocket Route { get; }
    public PacketApplier Packets { get; }

    /// <summary>Where the proxy's own servers are.</summary>
    public ServerAddresses ProxyAddresses { get; }

    public WireGuardApplier WireGuard { get; }
    public Accounts Accounts { get; }
    public FrrDaemons Frr { get; }
    public HealthPort HealthPort { get; }
    public SeenFiles Files { get; }
    public Observer Observer { get; }

    /// <summary>What rendering must know of it.</summary>
    public Machine Machine { get; }

    /// <param name="services">What PID 1 runs, as it is known from time to time.</param>
    /// <param name="triggers">Raised when a peer's name was resolved.</param>
    /// <param name="folders">Tells of changes of files; null for who looks once.</param>
    /// <param name="warn">Told of what this machine does not give, in one line.</param>
    /// <exception cref="LinuxException">The kernel does not give what every gateway needs.</exception>
    public static MachineAccess Open(
        NodeSettings settings, IReadOnlyDictionary<string, ServiceStatus> services, Triggers triggers, TimeProvider clock, FolderWatch? folders, Action<string> warn,
        CancellationToken cancellation) => new(settings, services, triggers, clock, folders, warn, cancellation);

    public void Dispose()
    {
        HealthPort.Dispose();
        _kernelWireGuard?.Dispose();
        Packets.Dispose();
        ProxyAddresses.Dispose();
        Route.Dispose();
    }
}
