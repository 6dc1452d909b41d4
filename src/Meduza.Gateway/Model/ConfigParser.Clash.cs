using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>The proxy, and the resolver that asks through it.</summary>
public static partial class ConfigParser
{
    private const int MostToldOfAList = 5;

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
        var config = new MosdnsConfig
        {
            Refresh = TimeSpan.FromMinutes(own.Get(KeyTable.MosdnsRefreshMinutes, 1440u)),
            RuleFiles = global.List(KeyTable.MosdnsRuleFiles),
            Plugins = global.OrNothing(KeyTable.MosdnsPlugins),
        };
        var readings = config.Readings;
        return config with
        {
            Lists =
            [
                ("local", ReadList(readings, KeyTable.MosdnsLocal, global)),
                ("block", ReadList(readings, KeyTable.MosdnsBlock, global)),
                ("ddns", ReadList(readings, KeyTable.MosdnsDdns, global)),
                ("global", ReadList(readings, KeyTable.MosdnsGlobal, global)),
            ],
        };
    }

    /// <summary>The text of a list, with each line one that MosDNS reads: it ends at one that it does not.</summary>
    private static string ReadList(ImmutableDictionary<string, RuleReading> readings, Key<string> key, KeyReader global)
    {
        if (!global.TryGet(key, out var text))
            return "";
        var reading = readings.GetValueOrDefault(MosdnsConfig.ListFile(key.Name[(key.Name.LastIndexOf('/') + 1)..]));
        var (number, wrong) = (0, 0);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (RuleLine.Problem(line, reading) is not { } problem)
                continue;
            global.Findings.Error(key.Name, $"line {number}: {problem}");
            // A list of another kind has thousands of them.
            if (++wrong == MostToldOfAList)
                break;
        }
        return text;
    }
}
