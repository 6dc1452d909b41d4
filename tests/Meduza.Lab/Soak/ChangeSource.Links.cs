using Meduza.Lab.Demo;

namespace Meduza.Lab.Soak;

/// <summary>Changes of tunnels and overlay.</summary>
internal sealed partial class ChangeSource
{
    private const int AbsentPeers = 8;

    private static readonly string StaticKey = DemoKeys.OpenVpnStaticKey();

    /// <summary>Public keys of absent nodes: what is in them decides nothing.</summary>
    private static readonly string[] TincKeys = [.. Enumerable.Range(0, 3).Select(_ => DemoKeys.Tinc("x", "192.0.2.1", "10.255.0.1/24").Single(key => key.Item1.EndsWith("public_key", StringComparison.Ordinal)).Item2)];

    /// <summary>An absent peer of a WireGuard device comes, goes, or changes in one point.</summary>
    private Change WireGuardPeer()
    {
        var number = random.Next(AbsentPeers);
        var peer = $"{Wire(Any(ModelFleet.WireNodes))}peer/p{number}/";
        if (keys.ContainsKey(peer + "public_key") && Chance(5))
            return new Change("a WireGuard peer less") { Edits = [.. keys.Keys.Where(key => key.StartsWith(peer, StringComparison.Ordinal)).Select(key => (key, (string?)null))] };
        var allowed = string.Join('\n', Enumerable.Range(0, 1 + random.Next(3)).Select(n => $"10.{100 + number}.{n * 16 + random.Next(16)}.0/24").Distinct());
        if (!keys.ContainsKey(peer + "public_key"))
            return new Change("a WireGuard peer more") { Edits = [(peer + "public_key", PublicKey()), (peer + "allowed_ips", allowed)] };
        return random.Next(5) switch
        {
            0 => Set("a WireGuard peer's networks", peer + "allowed_ips", allowed),
            1 => Set("a WireGuard peer's endpoint", peer + "endpoint", $"192.0.2.{200 + random.Next(40)}:{51820 + random.Next(3)}"),
            2 => Set("a WireGuard peer's keepalive", peer + "persistent_keepalive", Chance(3) ? null : $"{random.Next(60)}"),
            3 => Set("a WireGuard peer's preshared key", peer + "preshared_key", Chance(3) ? null : PublicKey()),
            _ => Set("a WireGuard peer's key", peer + "public_key", PublicKey()),
        };
    }

    /// <summary>Two peers take each other's networks: of an address the kernel lets one peer have it.</summary>
    private Change WireGuardSwap()
    {
        var node = Any(ModelFleet.WireNodes);
        var there = keys.Keys.Where(key => key.StartsWith($"{Wire(node)}peer/p", StringComparison.Ordinal) && key.EndsWith("/allowed_ips", StringComparison.Ordinal)).ToList();
        if (there.Count < 2)
            return WireGuardPeer();
        var one = Any(there);
        var other = Any([.. there.Where(key => key != one)]);
        return new Change("two WireGuard peers' networks exchanged") { Edits = [(one, keys[other]), (other, keys[one])] };
    }

    /// <summary>The device itself. A port is told to the other end in the same commit.</summary>
    private Change WireGuardDevice()
    {
        var node = Any(ModelFleet.WireNodes);
        var (device, number) = (Wire(node), ModelFleet.NumberOf(node));
        switch (random.Next(3))
        {
            case 0:
                return Set("a WireGuard device's MTU", device + "mtu", Chance(4) ? null : $"{1280 + random.Next(140)}");
            case 1:
                return Set("a WireGuard device's addresses", device + "address", $"10.253.0.{number}/24" + string.Concat(Enumerable.Range(0, random.Next(3)).Select(n => $"\n10.25{n}.{200 + random.Next(9)}.{number}/24")));
            default:
                var other = ModelFleet.WireNodes.Single(name => name != node);
                var endpoint = keys[$"{Wire(other)}peer/{node}/endpoint"];
                var port = 51820 + random.Next(4);
                return new Change("a WireGuard device's port")
                {
                    Edits = [(device + "listen_port", $"{port}"), ($"{Wire(other)}peer/{node}/endpoint", $"{endpoint[..endpoint.IndexOf(':', StringComparison.Ordinal)]}:{port}")],
                };
        }
    }

    /// <summary>A node that is only in the keys, as most of a fleet is at any moment: every tincd learns of it without a restart.</summary>
    private Change AbsentTincNode()
    {
        var number = random.Next(6);
        var node = $"/nodes/ghost-{number}/";
        if (!keys.ContainsKey(node + "tinc/enable"))
        {
            return new Change("a node more")
            {
                Edits =
                [
                    (node + "tinc/enable", "true"), (node + "tinc/public_key", Any(TincKeys)), (node + "tinc/address", $"192.0.2.{100 + number}"),
                    (node + "tinc/ipv4", $"10.255.0.{100 + number}/24"), (node + "private_lan", $"10.98.{number}.0/24"),
                ],
            };
        }
        return random.Next(5) switch
        {
            0 => new Change("a node less") { Edits = [.. keys.Keys.Where(key => key.StartsWith(node, StringComparison.Ordinal)).Select(key => (key, (string?)null))] },
            1 => Set("another node out of tinc, or in", node + "tinc/enable", IsOn(node + "tinc/enable") ? "false" : "true"),
            2 => Set("another node's address", node + "tinc/address", Chance(3) ? null : $"192.0.2.{100 + random.Next(20)}"),
            3 => Set("another node's key", node + "tinc/public_key", Any(TincKeys)),
            _ => Set("another node's private networks", node + "private_lan", $"10.98.{number}.0/24\n10.97.{random.Next(200)}.0/24"),
        };
    }

    /// <summary>What costs a node's own tincd a restart, or its device an address.</summary>
    private Change TincOfNode()
    {
        var node = AnyNode();
        return Chance(2)
            ? Set("a node's tinc port", $"/nodes/{node}/tinc/port", $"{655 + random.Next(3)}", new Daemon(node, "tinc"))
            : Set("a node's overlay address", $"/nodes/{node}/tinc/ipv4", $"10.255.0.{ModelFleet.NumberOf(node) + (Chance(2) ? 50 : 0)}/24");
    }

    private Change OpenVpnValue()
    {
        var (node, name) = Any(ModelFleet.OpenVpn);
        var instance = $"/nodes/{node}/openvpn/{name}/";
        var daemon = new Daemon(node, $"openvpn-{name}");
        return random.Next(3) switch
        {
            0 => Set("an OpenVPN instance's verbosity", instance + "verb", $"{1 + random.Next(4)}", daemon),
            1 => Set("an OpenVPN instance's keepalive", instance + "keepalive", Chance(2) ? "2 10" : "2 12", daemon),
            _ => Set("an OpenVPN instance's buffers", instance + "sndbuf", Chance(3) ? null : $"{65536 * (1 + random.Next(4))}", daemon),
        };
    }

    /// <summary>An instance whose other end is nowhere comes, goes, or changes.</summary>
    private Change SpareOpenVpn()
    {
        var number = 1 + random.Next(2);
        var (node, name) = ("gw-a", $"spare{number}");
        var instance = $"/nodes/{node}/openvpn/{name}/";
        var daemon = new Daemon(node, $"openvpn-{name}");
        if (!keys.ContainsKey(instance + "enable"))
        {
            return new Change("a spare OpenVPN instance")
            {
                Restarts = [daemon],
                Edits =
                [
                    (instance + "enable", "true"), (instance + "port", $"{1300 + number}"), (instance + "remote", $"192.0.2.{240 + number}"), (instance + "secret", StaticKey),
                    (instance + "ifconfig", $"10.252.{number}.1 10.252.{number}.2"), (instance + "bgp/peer_asn", $"{65100 + number}"), (instance + "bgp/peer_ip", $"10.252.{number}.2"),
                ],
            };
        }
        return random.Next(3) switch
        {
            0 => new Change("a spare OpenVPN instance less") { Restarts = [daemon], Edits = [.. keys.Keys.Where(key => key.StartsWith(instance, StringComparison.Ordinal)).Select(key => (key, (string?)null))] },
            1 => Set("a spare OpenVPN instance off, or on", instance + "enable", IsOn(instance + "enable") ? "false" : "true", daemon),
            _ => Set("a spare OpenVPN instance's remote", instance + "remote", $"192.0.2.{240 + random.Next(10)}", daemon),
        };
    }

    private static string Wire(string node) => $"/nodes/{node}/wireguard/{ModelFleet.WireGuard}/";

    /// <summary>Any 32 bytes are somebody's public key.</summary>
    private string PublicKey()
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }
}
