using System.Collections.Immutable;

namespace Meduza.Gateway.Model.Keys;

/// <summary>A key that Meduza writes, for others to read: a gateway, or the command line.</summary>
/// <param name="Form">What its value looks like.</param>
public sealed record WrittenKey(string Template, string Form, string About) : KeySpec(Template, About)
{
    public override string KindName => Form;

    public override string Expected => $"{Form}, written by Meduza itself";
}

public static partial class KeyTable
{
    private const string State = "up, connecting or down, and since when";

    private static ImmutableArray<KeySpec> StatusKeys =>
    [
        Written("online", "1", "There while the node is, on a lease of UPDATE_TTL_SECONDS."),
        Written("last", "YYYY-MM-DDTHH:mm:ss+0000", "When the node last became what its keys say, UTC."),
        Written("commit", "JSON object", "What became of the last commit: revision, commit, result (applied, degraded, rejected, rolled-back), confirm (waiting, confirmed; absent where neither), errors, changed, duration_ms, version."),
        Written("openvpn/<NAME>/status", State, "The OpenVPN instance."),
        Written("wireguard/<NAME>/status", State, "The WireGuard device."),
        .. ((string[])["easytier", "tinc", "frr", "clash", "mosdns", "dnsmasq"]).Select(tool => Written($"{tool}/status", State, "All services of the part.")),
        Written("tinc/<HOST>/status", "up, down or unavailable, and since when", "The other node: whether tincd reaches it; unavailable where it cannot be asked (tinc 1.0)."),
        Written("frr/bgp/<PEER>/status", State, "The BGP neighbour, by its address."),
        Written("frr/ospf/<ROUTER_ID>/status", State, "The OSPF neighbour; gone once it is not heard any more."),
    ];

    private static WrittenKey Written(string name, string form, string about) => new("/updated/<ID>/" + name, form, about);
}
