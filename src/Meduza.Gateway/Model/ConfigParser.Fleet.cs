using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    /// <summary>Another node, and its keys for whoever needs more of them.</summary>
    private sealed record FleetNode(InstanceName Name, KeyReader Keys, ImmutableArray<Prefix> PrivateLans);

    /// <summary>Another node as iBGP needs it.</summary>
    private sealed record BgpSpeaker(RouterId? RouterId, AsNumber? Asn, HostAddress? Overlay, Behavior Behavior);

    /// <summary>
    /// Finds the other nodes. Nothing that is wrong there is an error here: what cannot be read is left out, with a
    /// warning that names it; and what nothing here needs is not looked at.
    /// </summary>
    private static ImmutableArray<FleetNode> ReadFleet(SortedKeys all, InstanceName self, Findings findings)
    {
        List<FleetNode> fleet = [];
        foreach (var id in all.NamesBelow(KeyTable.NodesPrefix))
        {
            if (id == self.ToString())
                continue;
            if (!InstanceName.TryParse(id, out var name))
            {
                findings.Warn($"{KeyTable.NodesPrefix}{id}/", $"is not a node's name: the node is left out; expected {InstanceName.Expected}");
                continue;
            }
            var keys = new KeyReader(all, $"{KeyTable.NodesPrefix}{id}/", findings, []);
            fleet.Add(new FleetNode(name, keys, ReadOthersPrivateLans(keys, findings)));
        }
        return [.. fleet];
    }

    /// <summary>Reads a part of another node; null where it has none, or one that cannot be read.</summary>
    private static T? ReadOther<T>(FleetNode node, string consequence, Func<KeyReader, T?> read) where T : class
    {
        var found = new Findings();
        var value = read(node.Keys.ReportingTo(found));
        node.Keys.Findings.AddAsWarnings(found, consequence);
        return found.HasErrors ? null : value;
    }

    /// <summary>The networks that can be read, also where others in the list cannot: each of them must be kept from external peers.</summary>
    private static ImmutableArray<Prefix> ReadOthersPrivateLans(KeyReader keys, Findings findings)
    {
        var found = new Findings();
        var all = keys.ReportingTo(found).List(KeyTable.PrivateLan);
        findings.AddAsWarnings(found, "what can be read of it is kept private");
        return found.HasErrors ? [.. keys.TextLines(KeyTable.PrivateLan).Select(Parse).OfType<Prefix>()] : all;

        static Prefix? Parse(string line) => Prefix.TryParse(line, out var prefix, out _) && !prefix.IsIpv6 ? prefix : null;
    }

    private static BgpSpeaker? ReadSpeaker(KeyReader keys, MeshType mesh)
    {
        if (!keys.Get(KeyTable.BgpEnable, true))
            return null;
        var routerId = keys.OrNull(KeyTable.RouterId) ?? keys.OrNull(KeyTable.BgpRouterId);
        if (routerId is null)
            return null;
        return new BgpSpeaker(
            routerId,
            keys.OrNull(KeyTable.BgpAsn) ?? keys.OrNull(KeyTable.BgpLocalAsn),
            keys.OrNothing(mesh == MeshType.Tinc ? KeyTable.TincIpv4 : KeyTable.EasyTierIpv4),
            keys.Get(KeyTable.Behavior, Behavior.Static));
    }
}
