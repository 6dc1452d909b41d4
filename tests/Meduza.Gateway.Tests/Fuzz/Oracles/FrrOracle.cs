using System.Buffers.Binary;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>
/// FRR's texts hold commands that a gateway has a use for, about the neighbours, networks and devices that the keys name, and
/// what keeps private networks inside holds for every external neighbour.
/// </summary>
internal static class FrrOracle
{
    private const string Etc = "/etc/frr", Run = "/run/frr/meduza";

    public static IEnumerable<string> Judge(Rendered rendered)
    {
        var config = rendered.Config;
        if (config.Ospf is null && config.Bgp is null)
            return [];
        var all = FrrGrammar.Read(rendered.Lines($"{Etc}/frr.conf")).ToList();
        Assert.Equal($"hostname {config.Node}", Assert.Single(all, line => line.StartsWith("hostname ", StringComparison.Ordinal)));
        Assert.Equal("service integrated-vtysh-config\n", rendered.Text($"{Etc}/vtysh.conf"));
        AssertOspf(config, all);
        AssertBgp(config, all);
        AssertLists(config, all);
        AssertDefined(all);

        List<string> read = [$"{Etc}/frr.conf", $"{Etc}/vtysh.conf"];
        foreach (var daemon in rendered.State.Frr)
        {
            Assert.Equal(rendered.Machine.FrrHasMgmtd && daemon.Daemon == "mgmtd" ? $"{Etc}/mgmtd.conf" : $"{Run}/{daemon.Daemon}.conf", daemon.Path);
            Assert.Equal(daemon.Config, rendered.Text(daemon.Path));
            // Nothing but what the whole has, where the whole has it.
            var own = FrrGrammar.Read(rendered.Lines(daemon.Path)).ToList();
            Assert.Empty(own.Except(all));
            read.Add(daemon.Path);
        }
        return read;
    }

    private static void AssertOspf(GatewayConfig config, List<string> all)
    {
        var active = config.Ospf?.ActiveInterfaces ?? [];
        OracleList.AssertSame("interfaces", active.Select(device => $"interface {device}"), all.Where(line => line.StartsWith("interface ", StringComparison.Ordinal) && !line.Contains(" > ", StringComparison.Ordinal)));
        OracleList.AssertSame("areas", active.Select(device => $"interface {device} > ip ospf area {config.Ospf!.Area}"), all.Where(line => line.Contains("ip ospf area", StringComparison.Ordinal)));
        OracleList.AssertSame("ospf's id", config.Ospf?.RouterId is { } id ? [$"router ospf > ospf router-id {id}"] : [], all.Where(line => line.Contains("ospf router-id", StringComparison.Ordinal)));
    }

    private static void AssertBgp(GatewayConfig config, List<string> all)
    {
        const string family = "address-family ipv4 unicast > ";
        var router = $"router bgp {config.Bgp?.Asn} > ";
        List<string> expected = config.Bgp is not { } bgp ? [] :
        [
            .. bgp.RouterId is { } id ? [$"{router}bgp router-id {id}"] : (string[])[],
            $"{router}bgp log-neighbor-changes", $"{router}no bgp default ipv4-unicast", $"{router}address-family ipv4 unicast",
            $"{router}{family}maximum-paths {bgp.MaxPaths}", $"{router}{family}maximum-paths ibgp {bgp.MaxPaths}",
            .. Networks(config, bgp).Select(network => $"{router}{family}network {network}"),
            .. config.Ospf is null ? [] : (string[])[$"{router}{family}redistribute ospf route-map MEDUZA-OSPF-TO-BGP"],
            .. bgp.Peers.SelectMany(peer => Neighbor(router, family, peer.Address.ToString(), $"{peer.Asn}", peer.Link, $"{peer.UpdateSource}", peer.Weight,
                nextHopSelf: !bgp.IsExternal(peer) || bgp.Transit.Includes(peer.Asn), MapIn(bgp.IsExternal(peer), peer.NoTransit, false), MapOut(bgp.IsExternal(peer), peer.NoForward))),
            .. bgp.NodePeers.Where(node => !bgp.Peers.Any(peer => peer.Address.Equals(node.Address))).SelectMany(node => Neighbor(
                router, family, node.Address.ToString(), $"{bgp.Asn}", $"node/{node.Node}", node.UpdateSource?.ToString(), null, true, MapIn(false, false, node.Behavior == Behavior.Roaming), MapOut(false, false))),
        ];
        OracleList.AssertSame("BGP", expected, all.Where(line => line.StartsWith("router bgp ", StringComparison.Ordinal) && line.Contains(" > ", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Neighbor(
        string router, string family, string address, string asn, string description, string? source, uint? weight, bool nextHopSelf, string mapIn, string mapOut)
    {
        string[] outside = [$"remote-as {asn}", $"description {description}", "timers connect 10", .. source is null ? [] : (string[])[$"update-source {source}"]];
        string[] inside =
        [
            "activate", $"route-map {mapIn} in", $"route-map {mapOut} out", .. nextHopSelf ? (string[])["next-hop-self"] : [], .. weight is { } w ? (string[])[$"weight {w}"] : [],
        ];
        return [.. outside.Select(line => $"{router}neighbor {address} {line}"), .. inside.Select(line => $"{router}{family}neighbor {address} {line}")];
    }

    private static string MapIn(bool external, bool noTransit, bool roaming) =>
        new StringBuilder("MEDUZA-").Append(external ? "EXTERNAL" : "INTERNAL").Append("-IN").Append(noTransit ? "-NO-TRANSIT" : "").Append(roaming ? "-ROAMING" : "").ToString();

    private static string MapOut(bool external, bool noForward) => $"MEDUZA-{(external ? "EXTERNAL" : "INTERNAL")}-OUT{(noForward ? "-NO-FORWARD" : "")}";

    private static IEnumerable<Prefix> Networks(GatewayConfig config, BgpConfig bgp)
    {
        var edge = bgp.Peers.Any(bgp.IsExternal) ? bgp.EdgeBroadcast : [];
        var announced = config.Lans.Concat(edge);
        return (config.InternalRouting == InternalRouting.Bgp ? announced.Concat(config.PrivateLans) : announced.Where(lan => !config.PrivateLans.Contains(lan))).Distinct();
    }

    private static void AssertLists(GatewayConfig config, List<string> all)
    {
        var bgp = config.Bgp;
        AssertList("FILTER-IN", bgp?.FilterIn.Select(rule => rule.ToString()));
        AssertList("FILTER-OUT", bgp?.FilterOut.Select(rule => rule.ToString()));
        AssertPrivate(bgp is null ? [] : config.FleetPrivateLans, [.. all.Where(line => line.StartsWith("ip prefix-list MEDUZA-PRIVATE ", StringComparison.Ordinal))]);
        var lans = config.Ospf is not { } ospf ? [] : (ospf.InjectSiteLan ? config.Lans : []).Concat(ospf.InjectPrivateLan ? config.PrivateLans : []).Distinct();
        AssertList("OSPF-LANS", lans.Select(Whole));
        AssertList("DEFAULT", config.Ospf is { RedistributeBgp: true } && bgp is not null ? ["permit 0.0.0.0/0"] : null);
        OracleList.AssertSame("static routes", (bgp is not null && bgp.Peers.Any(bgp.IsExternal) ? bgp.EdgeBroadcast : []).Select(prefix => $"ip route {prefix} blackhole 250"),
            all.Where(line => line.StartsWith("ip route ", StringComparison.Ordinal)));
        // A private network leaves to no external neighbour: its map denies it before it permits anything.
        if (bgp is not null && !config.FleetPrivateLans.IsEmpty)
        {
            foreach (var map in bgp.Peers.Where(bgp.IsExternal).Select(peer => MapOut(true, peer.NoForward)).Distinct())
            {
                var first = all.FindIndex(line => line.StartsWith($"route-map {map} ", StringComparison.Ordinal));
                Assert.Equal($"route-map {map} deny 10", all[first]);
                Assert.Equal($"route-map {map} deny 10 > match ip address prefix-list MEDUZA-PRIVATE", all[first + 1]);
                Assert.DoesNotContain(" > ", all[first + 2], StringComparison.Ordinal);
            }
        }

        // In order, since the first rule that matches decides.
        void AssertList(string name, IEnumerable<string>? entries) => Assert.Equal(
            (entries ?? []).Select((entry, index) => $"ip prefix-list MEDUZA-{name} seq {5 * (index + 1)} {entry}"),
            all.Where(line => line.StartsWith($"ip prefix-list MEDUZA-{name} ", StringComparison.Ordinal)));

        static string Whole(Prefix prefix) => prefix.Length == 32 ? $"permit {prefix}" : $"permit {prefix} le 32";
    }

    /// <summary>The list holds the addresses of these networks and no others, none twice, each entry under its own address.</summary>
    private static void AssertPrivate(IReadOnlyCollection<Prefix> lans, List<string> lines)
    {
        var entries = lines.Select(line => Prefix.TryParse(line.Split(' ')[6], out var prefix, out _) ? prefix : throw new FormatException(line)).ToList();
        Assert.Equal(entries.Select(entry => $"ip prefix-list MEDUZA-PRIVATE seq {Math.Max(1, Ends(entry).First)} permit {entry}{(entry.Length == 32 ? "" : " le 32")}"), lines);
        Assert.Equal(Stretches(lans), Stretches(entries));
        Assert.Equal(Stretches(entries).Sum(stretch => stretch.Last - stretch.First + 1), entries.Sum(entry => 1L << (32 - entry.Length)));
    }

    /// <summary>What these networks cover, as stretches of addresses with something between each two.</summary>
    private static List<(long First, long Last)> Stretches(IEnumerable<Prefix> networks)
    {
        List<(long First, long Last)> stretches = [];
        foreach (var (first, last) in networks.Select(Ends).Order())
        {
            if (stretches.Count > 0 && first <= stretches[^1].Last + 1)
                stretches[^1] = (stretches[^1].First, Math.Max(last, stretches[^1].Last));
            else
                stretches.Add((first, last));
        }
        return stretches;
    }

    private static (long First, long Last) Ends(Prefix network)
    {
        long first = BinaryPrimitives.ReadUInt32BigEndian(network.Address.GetAddressBytes());
        return (first, first + (1L << (32 - network.Length)) - 1);
    }

    /// <summary>A map or a list that is named and not defined matches everything: FRR's way, and nobody's wish.</summary>
    private static void AssertDefined(List<string> all)
    {
        foreach (var line in all)
        {
            var words = line.Split(' ');
            var named = Array.IndexOf(words, ">") < 0 ? -1 : Array.FindLastIndex(words, word => word is "route-map" or "prefix-list");
            if (named <= Array.LastIndexOf(words, ">"))
                continue;
            var definition = words[named] == "route-map" ? $"route-map {words[named + 1]} " : $"ip prefix-list {words[named + 1]} ";
            // An empty list of private networks is none, and then nothing names it.
            Assert.Contains(all, other => other.StartsWith(definition, StringComparison.Ordinal));
        }
    }
}
