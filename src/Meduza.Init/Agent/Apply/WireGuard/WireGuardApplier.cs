using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.WireGuard;
using Observed = Meduza.Linux.WireGuard.WireGuardPeer;

namespace Meduza.Init.Agent.Apply.WireGuard;

/// <summary>
/// Makes WireGuard devices be as they must, those of the kernel and those of wireguard-go by the same difference. Those of
/// the kernel carry our mark in their alias, so that one that is not wanted any more is known without memory of it.
/// </summary>
/// <param name="kernel">Null where this kernel has no WireGuard.</param>
internal sealed class WireGuardApplier(
    RouteSocket route, IWireGuardControl? kernel, IWireGuardControl userspace, WireGuardEndpoints endpoints)
{
    private const string Kind = "wireguard";
    private const string Mark = "meduza ";

    /// <summary>The components whose device is not there (where we make it) or is otherwise. Changes nothing.</summary>
    public ImmutableArray<string> Differing(ImmutableArray<DesiredWireGuard> devices) =>
        [.. devices.Where(Differs).Select(device => device.Component)];

    /// <summary>Devices of ours that nobody wants any more.</summary>
    public ImmutableArray<string> Strays(ImmutableArray<DesiredWireGuard> devices) => kernel is null ? [] :
    [
        .. route.GetLinks()
            .Where(link => link.Kind == Kind && link.Alias?.StartsWith(Mark, StringComparison.Ordinal) == true
                && !devices.Any(device => device.Device == link.Name))
            .Select(link => link.Name),
    ];

    /// <summary>Makes a device where it is ours to make, and gives it its keys and peers.</summary>
    /// <exception cref="LinuxException">The kernel or wireguard-go refused.</exception>
    public void Apply(DesiredWireGuard device)
    {
        if (device.InKernel)
            Make(device);
        // A wireguard-go that is not ready yet is told once it is.
        if (Control(device)?.Get(device.Device) is not { } current)
            return;
        var change = WireGuardDiff.Between(current, Config(device, current));
        Control(device)!.Apply(device.Device, change);
        foreach (var peer in change.Peers.Where(peer => peer.Endpoint is not null))
            endpoints.Given(device.Device, peer.PublicKey, peer.Endpoint!);
    }

    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Delete(string device)
    {
        if (route.GetLink(device) is { Kind: Kind } link)
            route.DeleteLink(link.Index);
    }

    /// <summary>A device as it is; null where it is not there.</summary>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    public WireGuardDevice? Read(DesiredWireGuard device) => Control(device)?.Get(device.Device);

    /// <summary>Looks up again the names of peers that have not been heard of for long.</summary>
    public void Refresh(DesiredWireGuard device, WireGuardDevice current) => Config(device, current);

    private IWireGuardControl? Control(DesiredWireGuard device) => device.InKernel ? kernel : userspace;

    private bool Differs(DesiredWireGuard device)
    {
        try
        {
            if (device.InKernel && route.GetLink(device.Device) is var link && (link is not { Kind: Kind } || link.Value.Alias != MarkOf(device)))
                return true;
            return Read(device) is { } current ? !WireGuardDiff.Between(current, Config(device, current)).IsEmpty : device.InKernel;
        }
        catch (LinuxException)
        {
            // What cannot be read cannot be right; trying to make it so says why.
            return true;
        }
    }

    private void Make(DesiredWireGuard device)
    {
        if (route.GetLink(device.Device) is null)
            route.CreateWireGuard(device.Device);
        if (route.GetLink(device.Device) is not { } link)
            throw new LinuxException("RTM_NEWLINK", device.Device, Tmds.Linux.LibC.ENODEV);
        if (link.Kind != Kind)
            throw new LinuxException("RTM_NEWLINK", device.Device, Tmds.Linux.LibC.EEXIST, $"there is a device of that name that is none of WireGuard: rename it, or set {device.Component}'s key dev");
        if (link.Alias != MarkOf(device))
            route.SetAlias(link.Index, MarkOf(device));
    }

    private static string MarkOf(DesiredWireGuard device) => Mark + device.Component;

    private WireGuardConfig Config(DesiredWireGuard device, WireGuardDevice current)
    {
        var present = current.Peers.ToDictionary(peer => peer.PublicKey);
        return new WireGuardConfig
        {
            PrivateKey = WireGuardSecret.Parse(device.Instance.PrivateKey.Reveal()),
            ListenPort = device.Instance.ListenPort?.Number,
            Peers = [.. device.Instance.Peers.Select(peer => Peer(device.Device, peer, present))],
        };
    }

    private WireGuardPeerConfig Peer(
        string device, Gateway.Model.WireGuard.WireGuardPeer peer, Dictionary<WireGuardPublicKey, Observed> present)
    {
        var key = WireGuardPublicKey.Parse(peer.PublicKey.ToString());
        return new WireGuardPeerConfig(key)
        {
            PresharedKey = peer.PresharedKey is null ? null : WireGuardSecret.Parse(peer.PresharedKey.Reveal()),
            Endpoint = endpoints.Choose(device, key, peer.Endpoint, present.GetValueOrDefault(key)),
            PersistentKeepalive = (ushort)peer.PersistentKeepalive,
            AllowedIps = [.. peer.AllowedIps.Select(prefix => new IPNetwork(prefix.Address, prefix.Length))],
        };
    }
}
