using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    /// <summary>What this node must know of another one. A null part is one that the other does not have, or that could not be read.</summary>
    private sealed record FleetNode(InstanceName Name)
    {
        public ImmutableArray<Prefix> PrivateLans { get; init; } = [];
        public TincHost? Tinc { get; init; }
        public BgpSpeaker? Bgp { get; init; }
    }

    /// <summary>Another node as iBGP may need it.</summary>
    private sealed record BgpSpeaker(RouterId? RouterId, AsNumber? Asn, HostAddress? Overlay, Behavior Behavior);

    /// <summary>
    /// Reads the other nodes. Nothing that is wrong there is an error here: what cannot be read is left out, with a
    /// warning that names it.
    /// </summary>
    private static ImmutableArray<FleetNode> ReadFleet(SortedKeys all, InstanceName self, KeyReader global)
    {
        List<FleetNode> fleet = [];
        foreach (var id in all.NamesBelow(KeyTable.NodesPrefix))
        {
            if (id == self.ToString())
                continue;
            if (!InstanceName.TryParse(id, out var name))
            {
                global.Findings.Warn($"{KeyTable.NodesPrefix}{id}/", $"is not a node's name: the node is left out; expected {InstanceName.Expected}");
                continue;
            }
            var keys = new KeyReader(all, $"{KeyTable.NodesPrefix}{id}/", global.Findings, []);
            fleet.Add(new FleetNode(name)
            {
                PrivateLans = ReadOthersPrivateLans(keys, global.Findings),
                Tinc = ReadOther(keys, global.Findings, "the node is left out of the tinc network", reader => ReadTincHost(reader, global, name, isSelf: false)),
                Bgp = ReadOther(keys, global.Findings, "the node is left out of iBGP", ReadSpeaker),
            });
        }
        return [.. fleet];
    }

    private static T? ReadOther<T>(KeyReader keys, Findings findings, string consequence, Func<KeyReader, T?> read) where T : class
    {
        var found = new Findings();
        var value = read(keys.ReportingTo(found));
        findings.AddAsWarnings(found, consequence);
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

    private static BgpSpeaker? ReadSpeaker(KeyReader keys)
    {
        if (!keys.Get(KeyTable.BgpEnable, true))
            return null;
        var routerId = keys.OrNull(KeyTable.RouterId) ?? keys.OrNull(KeyTable.BgpRouterId);
        if (routerId is null)
            return null;
        return new BgpSpeaker(
            routerId,
            keys.OrNull(KeyTable.BgpAsn) ?? keys.OrNull(KeyTable.BgpLocalAsn),
            keys.OrNothing(KeyTable.TincIpv4),
            keys.Get(KeyTable.Behavior, Behavior.Static));
    }
}
