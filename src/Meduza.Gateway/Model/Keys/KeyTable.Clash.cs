using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    internal const string SubscriptionsPrefix = "clash/subscriptions/";

    /// <summary>Where subscriptions lie that are not downloaded.</summary>
    internal const string SubscriptionFolder = "/data/clash";

    public static Key<Secret> ClashSubscriptionUrl { get; } = new(
        "/global/clash/subscriptions/<NAME>/url", new ValueKind<Secret>(
            "URL", $"an http or https URL, or file://{SubscriptionFolder}/NAME", ValueLayout.Line,
            text => WebAddress.Is(text) || WebAddress.IsFileIn(SubscriptionFolder, text) ? Reading.Of<Secret>(new Secret(text)) : Reading.Bad<Secret>()),
        "Where the subscription is: a mihomo configuration, with the proxies in it.") { IsSecret = true };

    public static Key<bool> ClashEnable { get; } = new("/nodes/<ID>/clash/enable", Kinds.Flag, "Runs mihomo.") { Default = "false" };

    public static Key<ClashMode> ClashMode { get; } = new(
        "/nodes/<ID>/clash/mode", Kinds.OneOf(("mixed", Model.ClashMode.Mixed), ("tproxy", Model.ClashMode.Tproxy)),
        "How mihomo gets connections: from programs that ask it, or from all packets of the LANs.")
    { Default = "mixed" };

    public static Key<InstanceName> ClashActiveSubscription { get; } = new(
        "/nodes/<ID>/clash/active_subscription", Kinds.Name,
        "Name of the subscription that is used. Without it mihomo has no proxies, and connects directly.");

    public static Key<bool> ClashRefreshEnable { get; } = new(
        "/nodes/<ID>/clash/refresh/enable", Kinds.Flag, "Fetches the subscription again and again.") { Default = "false" };

    public static Key<uint> ClashRefreshMinutes { get; } = new(
        "/nodes/<ID>/clash/refresh/interval_minutes", Kinds.Number(1, 525_600), "Minutes between two fetches.") { Default = "60" };

    public static Key<ImmutableArray<PortSelector>> ClashExcludedPorts { get; } = new(
        "/nodes/<ID>/clash/exclude_tproxy_port",
        Kinds.ListOf(ValueKind.Line<PortSelector>("port selector", PortSelector.Expected, PortSelector.TryParse), sorted: true),
        "Ports that are not proxied; in: for connections that come in to them, out: for those that go out to them.");

    public static Key<Transports> ClashTproxyProtocol { get; } = new(
        "/nodes/<ID>/clash/tproxy_protocol",
        Kinds.OneOf(("tcp+udp", Transports.Both), ("udp+tcp", Transports.Both), ("tcp", Transports.Tcp), ("udp", Transports.Udp)),
        "Which protocols are proxied.")
    { Default = "tcp+udp" };

    public static Key<bool> ClashUseConntrack { get; } = new(
        "/nodes/<ID>/clash/use_conntrack", Kinds.Flag,
        "Leaves answers to connections from DEFAULT_GW alone, too: who began a connection is looked up.")
    { Default = "false" };

    public static Key<bool> ClashExcludeRfc1918 { get; } = new(
        "/nodes/<ID>/clash/exclude_rfc1918", Kinds.Flag, "Leaves connections to 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 alone.")
    { Default = "false" };

    private static ImmutableArray<KeySpec> ClashKeys =>
    [
        ClashSubscriptionUrl, ClashEnable, ClashMode, ClashActiveSubscription, ClashRefreshEnable, ClashRefreshMinutes, ClashExcludedPorts,
        ClashTproxyProtocol, ClashUseConntrack, ClashExcludeRfc1918,
    ];
}
