using Meduza.Gateway.Model;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Yaml;
using YamlDotNet.RepresentationModel;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>
/// mihomo's configuration holds what is shipped, what the subscription may say, and what is enforced; what reaches beyond
/// mihomo is not in it, however a subscription spelt it.
/// </summary>
internal static class MihomoOracle
{
    private const string ConfigPath = "/etc/mihomo/config.yaml";

    /// <summary>As mihomo's own structure of its file has them (config.go, RawConfig).</summary>
    private static readonly string[] Never =
    [
        "tun", "iptables", "ebpf", "auto-redir", "listeners", "inbounds", "tunnels", "ss-config", "vmess-config", "tuic-server", "interface-name", "routing-mark", "port", "redir-port", "mitm-port",
        "external-controller-tls", "external-controller-unix", "external-controller-pipe", "external-controller-cors", "external-doh-server", "external-ui", "external-ui-name", "external-ui-url",
        "tls", "ntp", "script", "mitm",
    ];

    private static readonly (string Key, string Value)[] Enforced =
    [
        ("find-process-mode", "off"), ("unified-delay", "true"), ("geodata-loader", "standard"), ("geo-auto-update", "false"), ("allow-lan", "true"), ("bind-address", "*"), ("socks-port", "7891"), ("mixed-port", "7890"),
    ];

    public static IEnumerable<string> Judge(Rendered rendered)
    {
        if (rendered.Config.Clash is not { } clash)
            return [];
        var file = YamlOracle.Read(rendered.Text(ConfigPath));
        Assert.Empty(YamlOracle.Keys(file).Intersect(Never));
        AssertNoMarkAndNoPath(file);
        foreach (var (key, value) in Enforced)
            Assert.Equal(value, Text(file, key));
        Assert.Equal(clash.Mode == ClashMode.Tproxy ? "7893" : null, Text(file, "tproxy-port"));
        Assert.Matches(@"\A(127\.\d+\.\d+\.\d+|\[::1\]):\d+\z", Text(file, "external-controller"));

        var subscription = clash.Subscription is { } name && rendered.Machine.Subscriptions.TryGetValue(name.ToString(), out var text) ? Subscription.Read(text, out _) : null;
        var shipped = (YamlMap)YamlReader.Read(rendered.Machine.MihomoBase);
        var merged = MihomoConfig.Merge(shipped, subscription, clash.Mode, rendered.Machine.MihomoSecret, _ => { });
        YamlOracle.AssertSame(merged, file, "");
        // What a proxy is, is the subscription's alone.
        if (merged["proxies"] is { } proxies && !rendered.State.Warnings.Any(warning => warning.Message.Contains("proxies", StringComparison.Ordinal)))
            Assert.True(proxies.SameAs(subscription!["proxies"]));
        return [ConfigPath];
    }

    /// <summary>Within the parts keys are taken in any case, by Go's folding, and with <c>_</c> for <c>-</c>.</summary>
    private static void AssertNoMarkAndNoPath(YamlMappingNode file)
    {
        foreach (var part in (string[])["proxies", "proxy-groups", "proxy-providers", "rule-providers"])
        {
            if (!file.Children.TryGetValue(new YamlScalarNode(part), out var value))
                continue;
            var maps = value is YamlMappingNode named ? named.Children.Values : ((value as YamlSequenceNode)?.Children ?? []);
            foreach (var map in maps.OfType<YamlMappingNode>())
            {
                var isProvider = part.EndsWith("-providers", StringComparison.Ordinal);
                // A provider has marks for its proxies among its overrides, and none itself.
                Assert.True(isProvider || !map.Children.Select(Key).Contains("routing-mark"), $"{part} has a mark");
                foreach (var (key, inner) in map.Children)
                {
                    if (isProvider && Folded(key) == "override" && inner is YamlMappingNode changes)
                        Assert.DoesNotContain("routing-mark", changes.Children.Select(Key));
                    if (Folded(key) == "path" && isProvider)
                        Assert.Matches(@"\A(?!/)(?!.*\.\.).+\z", inner.ToString());
                }
            }
        }

        static string Key(KeyValuePair<YamlDotNet.RepresentationModel.YamlNode, YamlDotNet.RepresentationModel.YamlNode> entry) => Folded(entry.Key);

        static string Folded(YamlDotNet.RepresentationModel.YamlNode key) =>
            key.ToString().ToLowerInvariant().Replace('\u212a', 'k').Replace('\u017f', 's').Replace('_', '-');
    }

    private static string? Text(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? ((YamlScalarNode)value).Value : null;
}
