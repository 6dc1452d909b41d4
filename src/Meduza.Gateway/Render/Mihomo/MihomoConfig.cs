using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>
/// mihomo's configuration: what is shipped, over it the subscription, over that what holds in any case. The subscription's
/// keys replace the shipped ones whole.
/// </summary>
public static class MihomoConfig
{
    /// <summary>Where mihomo's API listens unless a subscription says otherwise.</summary>
    public const string DefaultController = "127.0.0.1:9090";

    private const string Dummy = "DUMMY-GROUPS";

    /// <param name="shipped">What is shipped.</param>
    /// <param name="subscription">A subscription that has been read; null where there is none.</param>
    /// <param name="note">Told of what of the subscription is not taken, in words.</param>
    public static YamlMap Merge(YamlMap shipped, YamlMap? subscription, ClashMode mode, Secret? secret, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(shipped);
        ArgumentNullException.ThrowIfNull(note);
        var config = shipped;
        if (subscription is not null)
        {
            var clean = SubscriptionGuard.Clean(subscription, note, out var refusal);
            if (refusal is null)
                config = Over(shipped, WithoutDummy(clean));
            else
                note($"nothing of the subscription is used: {refusal}");
        }
        return Enforce(config, shipped, mode, secret);
    }

    /// <summary>The address of the API in a merged configuration.</summary>
    public static string ControllerOf(YamlMap config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return ((YamlScalar)config["external-controller"]!).Text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
    }

    private static YamlMap Over(YamlMap shipped, YamlMap subscription)
    {
        var taken = subscription.Entries.Select(entry => entry.Key.Text).ToHashSet(StringComparer.Ordinal);
        return new YamlMap([.. shipped.Entries.Where(entry => !taken.Contains(entry.Key.Text)), .. subscription.Entries]);
    }

    private static YamlMap Enforce(YamlMap config, YamlMap shipped, ClashMode mode, Secret? secret)
    {
        config = config
            .With("find-process-mode", YamlScalar.Of("off"))
            .With("unified-delay", YamlScalar.True)
            .With("geodata-loader", YamlScalar.Of("standard"))
            // What it would download again while it runs is downloaded for it.
            .With("geo-auto-update", YamlScalar.False)
            .With("allow-lan", YamlScalar.True)
            // Anything but all addresses would take the proxy away from this machine's own programs.
            .With("bind-address", YamlScalar.Of("*"))
            .With("socks-port", YamlScalar.Of(ClashConfig.SocksPort))
            // With a transparent proxy too: MosDNS's rule files come through it.
            .With("mixed-port", YamlScalar.Of(ClashConfig.MixedPort));
        config = mode == ClashMode.Tproxy ? config.With("tproxy-port", YamlScalar.Of(TransparentProxy.ListenPort)) : config.Without("tproxy-port");
        if (config["external-controller"] is not YamlScalar)
            config = config.With("external-controller", YamlScalar.Of(DefaultController));
        if (config["secret"] is not YamlScalar { Type: not YamlType.Null, Text.Length: > 0 })
            config = secret is null ? config.Without("secret") : config.With("secret", YamlScalar.Of(secret.Reveal()));
        var dns = config["dns"] as YamlMap ?? shipped["dns"] as YamlMap ?? YamlMap.Empty;
        return config.With("dns", dns
            .With("enable", YamlScalar.True)
            .With("listen", YamlScalar.Of($"127.0.0.1:{ClashConfig.DnsPort}"))
            .With("enhanced-mode", YamlScalar.Of("redir-host")));
    }

    /// <summary>A group of that name stands in providers' templates for "no group": it goes, from wherever it is named.</summary>
    private static YamlMap WithoutDummy(YamlMap config)
    {
        if (config["proxy-groups"] is YamlSequence groups)
            config = config.With("proxy-groups", new YamlSequence([.. groups.Items.Where(group => !Names(group)).Select(WithoutDummyMember)]));
        if (config["rules"] is YamlSequence rules && rules.Items.Any(NamesInRule))
            config = config.With("rules", new YamlSequence([.. rules.Items.Where(rule => !NamesInRule(rule))]));
        return config;

        static bool Names(YamlNode group) => group is YamlMap map && IsDummy(map["name"]);
        static bool NamesInRule(YamlNode rule) => rule is YamlScalar { Text: var text }
            && text.Contains(Dummy, StringComparison.Ordinal) && text.Split(',', StringSplitOptions.TrimEntries).Skip(1).Contains(Dummy);
    }

    private static YamlNode WithoutDummyMember(YamlNode group)
    {
        if (group is not YamlMap map || map["proxies"] is not YamlSequence members || !members.Items.Any(IsDummy))
            return group;
        var rest = members.Items.RemoveAll(member => IsDummy(member));
        // mihomo refuses a group of nothing.
        return map.With("proxies", new YamlSequence(rest.IsEmpty && map["use"] is null ? [YamlScalar.Of("DIRECT")] : rest));
    }

    private static bool IsDummy(YamlNode? node) => node is YamlScalar { Text: Dummy };
}
