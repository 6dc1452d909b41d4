using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

/// <summary>
/// Every key that this version knows, as data, a file for each part. The parsers read keys through these fields, and
/// what is not in <see cref="All"/> is an unknown key.
/// </summary>
public static partial class KeyTable
{
    internal const string GlobalPrefix = "/global/";
    internal const string NodesPrefix = "/nodes/";
    internal const string HostsPrefix = "/dns/hosts/";

    public static Key<string> Commit { get; } = new("/commit", Kinds.FreeText, "Any change starts a reconcile of every node; the value is free text.");

    public static KeySpec CommitConfirm { get; } = new WrittenKey(
        "/commit/confirm", "seconds, 10 to 86400",
        "Written together with /commit by `meduza commit --confirm`: every node goes back by itself unless it is deleted within that time, which is what `meduza confirm` does.");

    public static Key<MeshType> MeshType { get; } = new(
        "/global/mesh_type", Kinds.OneOf(("easytier", Model.MeshType.EasyTier), ("tinc", Model.MeshType.Tinc)),
        "Which overlay joins the nodes; the two are never up together.")
    { Default = "easytier" };

    public static Key<InternalRouting> InternalRouting { get; } = new(
        "/global/internal_routing_system", Kinds.OneOf(("ospf", Model.InternalRouting.Ospf), ("bgp", Model.InternalRouting.Bgp)),
        "How the nodes tell each other their networks: OSPF, or iBGP (OSPF is then off).")
    { Default = "ospf" };

    public static Key<ImmutableArray<Prefix>> Lan { get; } = new(
        "/nodes/<ID>/lan", Kinds.ListOf(Kinds.Ipv4Network, sorted: true), "Networks announced to the other nodes and to external peers.");

    public static Key<ImmutableArray<Prefix>> PrivateLan { get; } = new(
        "/nodes/<ID>/private_lan", Kinds.ListOf(Kinds.Ipv4Network, sorted: true), "Networks announced to the other nodes only.")
    { IsForOthers = true };

    public static Key<RouterId> RouterId { get; } = new(
        "/nodes/<ID>/router_id", Kinds.RouterId,
        "Used for ospf/router_id and bgp/router_id where they are absent; with iBGP also the address that the other nodes connect to.")
    { IsForOthers = true };

    public static Key<Behavior> Behavior { get; } = new(
        "/nodes/<ID>/behavior", Kinds.OneOf(("static", Model.Behavior.Static), ("roaming", Model.Behavior.Roaming)),
        "The other nodes prefer any other way to a roaming node's routes.")
    { Default = "static", IsForOthers = true };

    public static Key<bool> DnsmasqEnable { get; } = new("/nodes/<ID>/dnsmasq/enable", Kinds.Flag, "Runs dnsmasq on port 53.")
    { Default = "as mosdns/enable" };

    /// <summary>Every key, in the order of the documentation.</summary>
    public static ImmutableArray<KeySpec> All => Listed.Keys;

    /// <summary>The entry that a full key stands for; null for a key that nothing reads or writes.</summary>
    public static KeySpec? Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return KeyIndex.Default.Find(key);
    }

    // In a class of its own, since initializers of one partial file may run before those of another.
    private static class Listed
    {
        internal static readonly ImmutableArray<KeySpec> Keys =
        [
            Commit, CommitConfirm, MeshType, InternalRouting, Lan, PrivateLan, RouterId, Behavior,
            .. EasyTierKeys, .. TincKeys, .. OpenVpnKeys, .. DirectiveKeys, .. LinkBgpKeys, .. WireGuardKeys, .. BgpKeys, .. OspfKeys, .. ClashKeys, .. PacketKeys, .. MosdnsKeys, DnsmasqEnable, HostRecord, .. HealthyKeys, .. UndrivenKeys, .. StatusKeys,
        ];
    }
}
