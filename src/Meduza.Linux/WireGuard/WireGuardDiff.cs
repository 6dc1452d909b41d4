using System.Net;

namespace Meduza.Linux.WireGuard;

/// <summary>What leads from a device as it is to a device as it is to be, and touches no more than that.</summary>
public static class WireGuardDiff
{
    /// <summary>
    /// A peer that is right is not in it. Addresses that a peer gets are added one by one; they are replaced whole only
    /// where it must give some up that no other peer takes. A desired peer that is this device itself is left out, as
    /// WireGuard leaves it out.
    /// </summary>
    public static WireGuardChange Between(WireGuardDevice current, WireGuardConfig desired)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(desired);

        var keyStays = desired.PrivateKey is null || desired.PrivateKey.Clamped().Equals(current.PrivateKey?.Clamped() ?? WireGuardSecret.None);
        var wanted = Effective(desired, keyStays ? current.PublicKey : null);
        var present = current.Peers.ToDictionary(p => p.PublicKey);
        var moved = Moved(current, wanted, present);

        var changes = new List<WireGuardPeerChange>();
        var stay = wanted.Select(w => w.Peer.PublicKey).ToHashSet();
        foreach (var peer in current.Peers.Where(p => !stay.Contains(p.PublicKey)))
            changes.Add(new WireGuardPeerChange(peer.PublicKey, WireGuardPeerAction.Remove));
        foreach (var (peer, allowed) in wanted)
        {
            if (!present.TryGetValue(peer.PublicKey, out var existing))
                changes.Add(Addition(peer, allowed));
            else if (Update(existing, peer, allowed, moved) is { } update)
                changes.Add(update);
        }
        return new WireGuardChange
        {
            PrivateKey = keyStays ? null : desired.PrivateKey,
            ListenPort = desired.ListenPort == current.ListenPort ? null : desired.ListenPort,
            Mark = desired.Mark == current.Mark ? null : desired.Mark,
            Peers = changes,
        };
    }

    private static WireGuardPeerChange Addition(WireGuardPeerConfig peer, IReadOnlyList<IPNetwork> allowed) =>
        new(peer.PublicKey, WireGuardPeerAction.Add)
        {
            PresharedKey = peer.PresharedKey,
            Endpoint = peer.Endpoint,
            PersistentKeepalive = peer.PersistentKeepalive == 0 ? null : peer.PersistentKeepalive,
            // In case that somebody else has made it meanwhile.
            ReplaceAllowedIps = true,
            AllowedIps = allowed,
        };

    private static WireGuardPeerChange? Update(
        WireGuardPeer current, WireGuardPeerConfig desired, IReadOnlyList<IPNetwork> allowed, HashSet<IPNetwork> moved)
    {
        var gets = Without(allowed, current.AllowedIps);
        var replace = Without(current.AllowedIps, allowed).Any(a => !moved.Contains(a));
        var preshared = desired.PresharedKey ?? WireGuardSecret.None;
        var change = new WireGuardPeerChange(current.PublicKey, WireGuardPeerAction.Update)
        {
            PresharedKey = preshared.Equals(current.PresharedKey ?? WireGuardSecret.None) ? null : preshared,
            Endpoint = desired.Endpoint is null || desired.Endpoint.Equals(current.Endpoint) ? null : desired.Endpoint,
            PersistentKeepalive = desired.PersistentKeepalive == current.PersistentKeepalive ? null : desired.PersistentKeepalive,
            ReplaceAllowedIps = replace,
            AllowedIps = replace ? allowed : gets,
        };
        var nothing = change is { PresharedKey: null, Endpoint: null, PersistentKeepalive: null, ReplaceAllowedIps: false, AllowedIps.Count: 0 };
        return nothing ? null : change;
    }

    // Addresses that one peer takes from another: that needs no word to the one that had it.
    private static HashSet<IPNetwork> Moved(
        WireGuardDevice current, List<(WireGuardPeerConfig Peer, IReadOnlyList<IPNetwork> AllowedIps)> wanted,
        Dictionary<WireGuardPublicKey, WireGuardPeer> present)
    {
        var gained = wanted
            .SelectMany(w => present.TryGetValue(w.Peer.PublicKey, out var peer) ? Without(w.AllowedIps, peer.AllowedIps) : w.AllowedIps)
            .ToHashSet();
        if (gained.Count > 0)
            gained.IntersectWith(current.Peers.SelectMany(p => p.AllowedIps));
        return gained;
    }

    // Mostly the two are the same, and mostly they are short.
    private static List<IPNetwork> Without(IReadOnlyList<IPNetwork> addresses, IReadOnlyList<IPNetwork> others)
    {
        const int Short = 8;
        if (others.Count > Short && !addresses.SequenceEqual(others))
        {
            var set = others.ToHashSet();
            return [.. addresses.Where(a => !set.Contains(a))];
        }
        return others.Count > Short ? [] : [.. addresses.Where(a => !others.Contains(a))];
    }

    // Each peer once, the last that is said of it; each address with the last peer that is allowed it.
    private static List<(WireGuardPeerConfig Peer, IReadOnlyList<IPNetwork> AllowedIps)> Effective(
        WireGuardConfig desired, WireGuardPublicKey? self)
    {
        var peers = new Dictionary<WireGuardPublicKey, WireGuardPeerConfig>();
        foreach (var peer in desired.Peers.Where(p => p.PublicKey != self))
        {
            peers.Remove(peer.PublicKey);
            peers.Add(peer.PublicKey, peer);
        }
        var inOrder = desired.Peers.Where(p => p.PublicKey != self && ReferenceEquals(peers[p.PublicKey], p)).ToList();
        var owners = new Dictionary<IPNetwork, WireGuardPublicKey>();
        var isShared = false;
        foreach (var peer in inOrder)
        {
            foreach (var address in peer.AllowedIps)
            {
                if (owners.TryAdd(address, peer.PublicKey))
                    continue;
                isShared = true;
                owners[address] = peer.PublicKey;
            }
        }
        return
        [
            .. inOrder.Select(p => (p, isShared ? [.. p.AllowedIps.Distinct().Where(a => owners[a] == p.PublicKey)] : p.AllowedIps)),
        ];
    }
}
