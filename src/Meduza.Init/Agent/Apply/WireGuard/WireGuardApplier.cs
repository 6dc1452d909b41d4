using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.WireGuard;
using Observed = Meduza.Linux.WireGuard.WireGuardPeer;

namespace Meduza.Init.Agent.Apply.WireGuard;

/// <summary>
/// Makes WireGuard devices be as they must, those of the kernel and those of wireguard-go by the same difference. A device
/// that somebody else has made under the name of one of ours is neither read nor touched.
/// </summary>
/// <param name="kernel">Null where this kernel has no WireGuard.</param>
internal sealed class WireGuardApplier(
    WireGuardOwnership ownership, IWireGuardControl? kernel, IWireGuardControl userspace, WireGuardEndpoints endpoints)
{
    /// <summary>What <see cref="Look"/> found to be done, by component: reading a thousand peers twice would cost more than the change.</summary>
    private readonly Dictionary<string, WireGuardChange> _found = new(StringComparer.Ordinal);

    /// <summary>Looks at devices. Changes nothing.</summary>
    public WireGuardSight Look(ImmutableArray<DesiredWireGuard> devices)
    {
        _found.Clear();
        var differing = ImmutableArray.CreateBuilder<string>();
        var notOurs = ImmutableArray.CreateBuilder<string>();
        foreach (var device in devices)
        {
            var (owner, differs) = LookAt(device);
            if (differs)
                differing.Add(device.Component);
            if (owner != DeviceOwner.Us)
                notOurs.Add(device.Device);
        }
        return new(differing.ToImmutable(), notOurs.ToImmutable());
    }

    /// <summary>Devices of ours that nobody wants any more.</summary>
    public ImmutableArray<string> Strays(ImmutableArray<DesiredWireGuard> devices) => kernel is null ? []
        : [.. ownership.All().Where(name => !devices.Any(device => device.Device == name))];

    /// <summary>Makes sure that a device of that name is ours, or can be: before anything is made for it.</summary>
    /// <exception cref="IOException">It is somebody else's.</exception>
    /// <exception cref="LinuxException">Whose it is cannot be told.</exception>
    public void RequireOurs(DesiredWireGuard device)
    {
        if (ownership.OwnerOf(device) == DeviceOwner.SomebodyElse)
            throw new IOException($"{device.Device} is a device that somebody else has made: delete or rename it, or set {device.Component}/dev to another name");
    }

    /// <summary>Makes a device where it is ours to make, and gives it its keys and peers.</summary>
    /// <exception cref="IOException">It is somebody else's.</exception>
    /// <exception cref="LinuxException">The kernel or wireguard-go refused.</exception>
    public void Apply(DesiredWireGuard device)
    {
        RequireOurs(device);
        if (device.InKernel)
        {
            if (ownership.OwnerOf(device) == DeviceOwner.Nobody)
            {
                ownership.Make(device);
                // What was found was another device's, deleted since.
                _found.Remove(device.Component);
            }
            ownership.Claim(device);
        }
        if (!_found.Remove(device.Component, out var change) && Read(device) is { } current)
            change = WireGuardDiff.Between(current, Config(device, current));
        // A wireguard-go that is not ready yet is told once it is.
        if (change is null)
            return;
        Control(device)!.Apply(device.Device, change);
        foreach (var peer in change.Peers.Where(peer => peer.Endpoint is not null))
            endpoints.Given(device.Device, peer.PublicKey, peer.Endpoint!);
    }

    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Delete(string device) => ownership.Delete(device);

    /// <summary>A device of ours as it is; null where it is not there.</summary>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    public WireGuardDevice? Read(DesiredWireGuard device) =>
        ownership.OwnerOf(device) == DeviceOwner.Us ? Control(device)?.Get(device.Device) : null;

    /// <summary>Looks up again the names of peers that are not heard any more, and asks for a look where one is to be sent elsewhere.</summary>
    public void Refresh(DesiredWireGuard device, WireGuardDevice current)
    {
        var present = current.Peers.ToDictionary(peer => peer.PublicKey, peer => peer.Endpoint);
        if (Config(device, current).Peers.Any(peer => peer.Endpoint is { } wanted && present.TryGetValue(peer.PublicKey, out var there) && !wanted.Equals(there)))
            endpoints.AskForLook();
    }

    private IWireGuardControl? Control(DesiredWireGuard device) => device.InKernel ? kernel : userspace;

    private (DeviceOwner Owner, bool Differs) LookAt(DesiredWireGuard device)
    {
        try
        {
            var owner = ownership.OwnerOf(device);
            // One of wireguard-go is made by that, whose readiness is another look.
            if (owner != DeviceOwner.Us)
                return (owner, owner == DeviceOwner.SomebodyElse || device.InKernel);
            if (!ownership.IsClaimed(device) || Control(device)?.Get(device.Device) is not { } current)
                return (owner, true);
            var change = WireGuardDiff.Between(current, Config(device, current));
            if (!change.IsEmpty)
                _found[device.Component] = change;
            return (owner, !change.IsEmpty);
        }
        catch (LinuxException)
        {
            // What cannot be read cannot be right; trying to make it so says why.
            return (DeviceOwner.Nobody, true);
        }
    }

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

/// <summary>What was seen of the desired devices.</summary>
/// <param name="Differing">The components whose device is not there (where we make it), is otherwise, or is somebody else's.</param>
/// <param name="NotOurs">The names under which there is no device, or one that is not ours: neither addresses nor state are given to it.</param>
internal readonly record struct WireGuardSight(ImmutableArray<string> Differing, ImmutableArray<string> NotOurs);
