using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    /// <summary>Read only as the default of dnsmasq/enable.</summary>
    public static Key<bool> MosdnsEnable { get; } = new("/nodes/<ID>/mosdns/enable", Kinds.Flag, "Runs MosDNS.")
    { Default = "false", IsUndriven = true };

    internal static Key<bool> ClashEnable { get; } = Switch("clash/enable", "Runs mihomo.");

    /// <summary>The switches of what this version does not drive, and what to call it in a message.</summary>
    internal static ImmutableArray<(Key<bool> Enable, string Component)> UndrivenSwitches { get; } =
    [
        (Switch("easytier/enable", "Makes the node a member of the EasyTier network."), "EasyTier"),
        (ClashEnable, "mihomo (clash)"),
        (Switch("healthy/enable", "Opens the port for health probes."), "the health probe port"),
        (Switch("access/enable", "Runs the LDAP access server."), "the access server"),
    ];

    private static ImmutableArray<KeySpec> UndrivenKeys =>
    [
        .. UndrivenSwitches.Select(s => (KeySpec)s.Enable), MosdnsEnable,
        .. Names("/global/", "easytier/network_name", "easytier/network_secret", "easytier/private_mode", "easytier/dhcp",
            "clash/subscriptions/<NAME>/url", "mosdns/rule_files", "mosdns/plugins", "mosdns/local", "mosdns/block", "mosdns/ddns",
            "mosdns/global", "access/<REST>"),
        .. Names("/nodes/<ID>/", "easytier/dev_name", "easytier/ipv4", "easytier/listeners", "easytier/mapped_listeners",
            "easytier/peers", "clash/active_subscription", "clash/refresh/enable",
            "clash/refresh/interval_minutes", "mosdns/refresh", "healthy/port", "access/<REST>"),
    ];

    private static Key<bool> Switch(string name, string about) => new("/nodes/<ID>/" + name, Kinds.Flag, about)
    { Default = "false", IsUndriven = true };

    private static IEnumerable<KeySpec> Names(string prefix, params string[] names) =>
        names.Select(name => new UndrivenKey(prefix + name, "Not driven by this version.") { IsUndriven = true });
}
