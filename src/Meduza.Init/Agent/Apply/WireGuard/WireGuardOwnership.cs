using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Linux;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.WireGuard;

namespace Meduza.Init.Agent.Apply.WireGuard;

/// <summary>Whose the device is that has the name of a desired one.</summary>
internal enum DeviceOwner
{
    /// <summary>There is none, or our wireguard-go has just made it and does not listen yet.</summary>
    Nobody,

    Us,

    /// <summary>Not to be touched, of whatever kind it is.</summary>
    SomebodyElse,
}

/// <summary>
/// Tells our devices from those that others have made under the same name, without memory: those of the kernel by our mark
/// in their alias, those of wireguard-go by the process that listens at their socket, which must be the service's.
/// </summary>
/// <param name="services">What PID 1 runs, as last heard.</param>
internal sealed class WireGuardOwnership(RouteSocket route, UserspaceWireGuard userspace, IReadOnlyDictionary<string, ServiceStatus> services)
{
    private const string Kind = "wireguard";
    private const string TunKind = "tun";
    private const string Mark = "meduza ";

    /// <summary>
    /// The name of a device that is being made. It gets its own one last, after its mark: so a device of that name which has no
    /// mark is never ours, wherever an agent died.
    /// </summary>
    private const string Unfinished = "meduza-new";

    /// <exception cref="LinuxException">The kernel or wireguard-go does not say.</exception>
    public DeviceOwner OwnerOf(DesiredWireGuard device)
    {
        if (route.GetLink(device.Device) is not { } link)
            return DeviceOwner.Nobody;
        if (device.InKernel)
            return link.Kind == Kind && IsMarked(link) ? DeviceOwner.Us : DeviceOwner.SomebodyElse;
        // A device of wireguard-go goes with its process.
        var process = services.Values.FirstOrDefault(service => service.Component == device.Component)?.Pid ?? 0;
        if (process == 0 || link.Kind != TunKind)
            return DeviceOwner.SomebodyElse;
        return userspace.Listener(device.Device) is not { } listener ? DeviceOwner.Nobody
            : listener == process ? DeviceOwner.Us
            : DeviceOwner.SomebodyElse;
    }

    /// <summary>Makes a device of the kernel, without keys and down.</summary>
    /// <exception cref="LinuxException"><c>EEXIST</c>: somebody has just made one of that name; or the kernel refused.</exception>
    public void Make(DesiredWireGuard device)
    {
        route.CreateWireGuard(Unfinished);
        var link = route.GetLink(Unfinished) ?? throw new LinuxException("RTM_NEWLINK", device.Device, Tmds.Linux.LibC.ENODEV);
        route.SetAlias(link.Index, MarkOf(device));
        route.Rename(link.Index, device.Device);
    }

    /// <summary>One that was another instance's, whose keys are gone, says from now on whose it is.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Claim(DesiredWireGuard device)
    {
        if (route.GetLink(device.Device) is { } link && link.Alias != MarkOf(device))
            route.SetAlias(link.Index, MarkOf(device));
    }

    /// <summary>True where <see cref="Claim"/> has nothing to say.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool IsClaimed(DesiredWireGuard device) => !device.InKernel || route.GetLink(device.Device)?.Alias == MarkOf(device);

    /// <summary>The kernel's devices that are ours, unfinished ones too.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IEnumerable<string> All() => route.GetLinks()
        .Where(link => link.Kind == Kind && (IsMarked(link) || link.Name == Unfinished))
        .Select(link => link.Name);

    /// <summary>Deletes a device of the kernel, unless it has become somebody else's.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Delete(string device)
    {
        if (route.GetLink(device) is { Kind: Kind } link && (IsMarked(link) || link.Name == Unfinished))
            route.DeleteLink(link.Index);
    }

    private static bool IsMarked(in Link link) => link.Alias?.StartsWith(Mark, StringComparison.Ordinal) == true;

    private static string MarkOf(DesiredWireGuard device) => Mark + device.Component;
}
