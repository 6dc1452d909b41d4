using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>The proxy, and the resolver that asks through it.</summary>
public static partial class ConfigParser
{
    private static ClashConfig? ReadClash(KeyReader own, KeyReader global)
    {
        if (!own.Get(KeyTable.ClashEnable, false))
            return null;
        var config = new ClashConfig
        {
            Mode = own.Get(KeyTable.ClashMode, ClashMode.Mixed),
            RefreshEnabled = own.Get(KeyTable.ClashRefreshEnable, false),
            RefreshInterval = TimeSpan.FromMinutes(own.Get(KeyTable.ClashRefreshMinutes, 60u)),
            Transports = own.Get(KeyTable.ClashTproxyProtocol, Transports.Both),
            UseConntrack = own.Get(KeyTable.ClashUseConntrack, false),
            ExcludeRfc1918 = own.Get(KeyTable.ClashExcludeRfc1918, false),
            ExcludedPorts = own.List(KeyTable.ClashExcludedPorts),
        };
        if (!own.TryGet(KeyTable.ClashActiveSubscription, out var name))
        {
            if (!own.Has(KeyTable.ClashActiveSubscription))
                own.Findings.Warn(own.FullKey(KeyTable.ClashEnable), "clash/active_subscription is not set: mihomo has no proxies, and connects directly");
            return config;
        }
        return global.Below($"{KeyTable.SubscriptionsPrefix}{name}/").Require(
            KeyTable.ClashSubscriptionUrl, $"{own.FullKey(KeyTable.ClashActiveSubscription)} names this subscription", out var url)
            ? config with { Subscription = name, SubscriptionUrl = url }
            : config;
    }

    private static MosdnsConfig? ReadMosdns(KeyReader own, KeyReader global)
    {
        if (!own.Get(KeyTable.MosdnsEnable, false))
            return null;
        return new MosdnsConfig
        {
            Refresh = TimeSpan.FromMinutes(own.Get(KeyTable.MosdnsRefreshMinutes, 1440u)),
            RuleFiles = global.List(KeyTable.MosdnsRuleFiles),
            Plugins = global.OrNothing(KeyTable.MosdnsPlugins),
            Lists =
            [
                ("local", global.OrNothing(KeyTable.MosdnsLocal) ?? ""),
                ("block", global.OrNothing(KeyTable.MosdnsBlock) ?? ""),
                ("ddns", global.OrNothing(KeyTable.MosdnsDdns) ?? ""),
                ("global", global.OrNothing(KeyTable.MosdnsGlobal) ?? ""),
            ],
        };
    }
}
