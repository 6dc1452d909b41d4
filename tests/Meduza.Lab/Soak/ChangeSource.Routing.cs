namespace Meduza.Lab.Soak;

/// <summary>Changes of routing, parts that go off and on, and values that are wrong.</summary>
internal sealed partial class ChangeSource
{
    private Change Filter()
    {
        List<string> rules = [];
        for (var n = random.Next(5); n > 0; n--)
        {
            var length = 8 + random.Next(16);
            var lengths = random.Next(4) switch { 0 => "", 1 => $" le {length + 1 + random.Next(32 - length)}", 2 => $" ge {length + 1}", _ => $" ge {length + 1} le {Math.Min(32, length + 4)}" };
            rules.Add($"{(Chance(2) ? "deny" : "permit")} {Network(10, random.Next(64, 128), random.Next(256), length)}{lengths}");
        }
        // A rule that is there already says nothing more.
        rules = [.. rules.Distinct(), "permit 0.0.0.0/0 le 32"];
        return Set("a BGP filter", Chance(2) ? "/global/bgp/filter/in" : "/global/bgp/filter/out", Chance(8) ? null : string.Join('\n', rules));
    }

    private Change BgpGlobals() => Chance(2)
        ? Set("networks that the edges announce", "/global/bgp/edge_broadcast", Chance(3) ? null : string.Join('\n', Enumerable.Range(0, 1 + random.Next(3)).Select(_ => $"10.{130 + random.Next(8)}.0.0/16").Distinct()))
        : Set("peers that get transit", "/global/bgp/transit", random.Next(3) switch { 0 => null, 1 => "*", _ => $"{65001 + random.Next(3)}" });

    private Change BgpOfLink()
    {
        var (node, name) = Any(ModelFleet.OpenVpn);
        var bgp = $"/nodes/{node}/openvpn/{name}/bgp/";
        return random.Next(4) switch
        {
            0 => Set("a BGP peer's weight", bgp + "weight", Chance(3) ? null : $"{random.Next(1000)}"),
            1 => Set("a BGP peer's no_transit", bgp + "no_transit", Chance(2) ? "true" : "false"),
            2 => Set("a BGP peer's no_forward", bgp + "no_forward", Chance(2) ? "true" : "false"),
            _ => Set("BGP's paths", $"/nodes/{node}/bgp/max_paths", Chance(3) ? null : $"{1 + random.Next(4)}"),
        };
    }

    private Change Lans()
    {
        var node = AnyNode();
        var number = ModelFleet.NumberOf(node);
        var more = Enumerable.Range(0, random.Next(4)).Select(_ => $"10.{40 + number}.{random.Next(20)}.0/24").Distinct();
        return Chance(2)
            ? Set("LANs", $"/nodes/{node}/lan", string.Join('\n', [$"10.{number}.0.0/24", .. more]))
            : Set("private LANs", $"/nodes/{node}/private_lan", Chance(6) ? null : string.Join('\n', more.Select(lan => lan.Replace($"10.{40 + number}.", $"10.{50 + number}.", StringComparison.Ordinal)).Append($"10.99.{number}.0/24")));
    }

    private Change OspfValue()
    {
        var ospf = $"/nodes/{AnyNode()}/ospf/";
        return random.Next(4) switch
        {
            0 => Set("whether OSPF announces LANs", ospf + "inject_site_lan", Chance(2) ? "true" : "false"),
            1 => Set("whether OSPF announces private LANs", ospf + "inject_private_lan", Chance(2) ? "true" : "false"),
            2 => Set("whether OSPF announces what BGP learned", ospf + "redistribute_bgp", Chance(2) ? "true" : "false"),
            _ => Area(),
        };
    }

    /// <summary>One area for all: those of different ones are no neighbours.</summary>
    private Change Area()
    {
        var area = $"{random.Next(3)}";
        return new Change("OSPF's area") { Edits = [.. ModelFleet.Nodes.Select(node => ($"/nodes/{node}/ospf/area", (string?)area))] };
    }

    private Change RouterId()
    {
        var node = AnyNode();
        return Set("a router id", $"/nodes/{node}/router_id", $"10.255.{random.Next(2)}.{ModelFleet.NumberOf(node)}");
    }

    /// <summary>A part goes off, or comes back.</summary>
    private Change Toggle()
    {
        var node = AnyNode();
        var wire = Any(ModelFleet.WireNodes);
        return random.Next(7) switch
        {
            0 => Flip("dnsmasq", $"/nodes/{node}/dnsmasq/enable", new Daemon(node, "dnsmasq")),
            1 => Flip("BGP", $"/nodes/{node}/bgp/enable", new Daemon(node, "bgpd")),
            2 => Flip("OSPF", $"/nodes/{node}/ospf/enable", new Daemon(node, "ospfd")),
            3 => Flip("WireGuard", Wire(wire) + "enable", new Daemon(wire, $"wireguard-{ModelFleet.WireGuard}")),
            4 => Flip("Tinc", $"/nodes/{node}/tinc/enable", new Daemon(node, "tinc")),
            5 => Set("a WireGuard device's name", Wire(wire) + "dev", $"wg-{random.Next(3)}", new Daemon(wire, $"wireguard-{ModelFleet.WireGuard}")),
            _ => Set("the routing inside", "/global/internal_routing_system", keys["/global/internal_routing_system"] == "ospf" ? "bgp" : "ospf", [.. ModelFleet.Nodes.Select(name => new Daemon(name, "ospfd"))]),
        };
    }

    private Change Flip(string part, string key, params IReadOnlyList<Daemon> restarts) => Set($"{part} off, or on", key, IsOn(key) ? "false" : "true", restarts);

    /// <summary>A value that at least one node cannot take.</summary>
    private Change Wrong()
    {
        var node = AnyNode();
        var (key, value) = Any<(string, string)>(
        [
            ($"/nodes/{node}/lan", "10.0.0.0/33"),
            ($"/nodes/{node}/tinc/port", "70000"),
            ($"/nodes/{node}/router_id", "not an address"),
            ($"/nodes/{node}/portforward", "80:nowhere at all"),
            ($"/nodes/{node}/openvpn/bad/enable", "true"),
            ($"{Wire(Any(ModelFleet.WireNodes))}mtu", "12"),
            ("/nodes/gw-b/openvpn/to-c/ifconfig", "10.254.0.1 10.254.0.2\nup /bin/sh"),
            ("/global/bgp/filter/in", "allow everything"),
            ("/global/mesh_type", "carrier pigeon"),
        ]);
        return Set($"a wrong value of {key}", key, value) with { IsWrong = true };
    }

    /// <summary>A network of some length, without host bits.</summary>
    private static string Network(int a, int b, int c, int length)
    {
        var bits = ((uint)a << 24 | (uint)b << 16 | (uint)c << 8) & (uint.MaxValue << (32 - length));
        return $"{bits >> 24}.{bits >> 16 & 255}.{bits >> 8 & 255}.{bits & 255}/{length}";
    }
}
