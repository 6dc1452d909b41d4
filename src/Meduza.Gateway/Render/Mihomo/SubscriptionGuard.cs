using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>
/// Takes out of a subscription what reaches beyond mihomo into this machine: devices, routes, packet rules, ports, files,
/// the clock, and its API for others. Whoever writes a subscription decides where the LANs' traffic goes, and nothing else.
/// </summary>
internal static class SubscriptionGuard
{
    private const string Ports = "ports are set by this gateway";
    private const string Api = "it would open mihomo's API to others";
    private const string Page = "it would download files and serve them";
    private const string Packets = "it would change this machine's packet rules";
    private const string Way = "it would send mihomo's own packets another way";
    private const string Code = "it would run code";

    /// <summary>Keys that are taken out, and why.</summary>
    private static readonly ImmutableArray<(string Key, string Reason)> Removed =
    [
        ("tun", "it would make a device and routes"),
        ("iptables", Packets), ("ebpf", Packets), ("auto-redir", Packets),
        ("listeners", Ports), ("inbounds", Ports), ("tunnels", Ports), ("ss-config", Ports), ("vmess-config", Ports),
        ("tuic-server", Ports), ("mitm-port", Ports),
        ("interface-name", Way), ("routing-mark", Way),
        ("external-controller-tls", Api), ("external-controller-unix", Api), ("external-controller-pipe", Api),
        ("external-controller-cors", Api), ("external-controller-routing-mark", Way), ("external-doh-server", Api),
        ("external-ui", Page), ("external-ui-name", Page), ("external-ui-url", Page),
        ("tls", "it names files of this machine"), ("ntp", "it could set this machine's clock"),
        ("script", Code), ("script-path", Code), ("mitm", Code),
    ];

    // Every provider's template has these two, and means nothing by them.
    private static readonly ImmutableArray<string> Unremarkable = ["port", "redir-port"];

    /// <summary>The subscription without what it may not say.</summary>
    /// <param name="note">Told of each thing taken out, in words.</param>
    /// <param name="refusal">Why nothing of it can be used, where that is so.</param>
    public static YamlMap Clean(YamlMap subscription, Action<string> note, out string? refusal)
    {
        refusal = null;
        foreach (var (key, reason) in Removed)
        {
            if (subscription[key] is not { } value)
                continue;
            if (!IsOff(value))
                note($"{key} is left out: {reason}");
            subscription = subscription.Without(key);
        }
        foreach (var key in Unremarkable)
            subscription = subscription.Without(key);
        if (subscription["external-controller"] is { } address && !IsLoopback(address))
        {
            note($"external-controller is left out: {Api}; only an address of this machine itself (127.0.0.1:PORT) is kept");
            subscription = subscription.Without("external-controller");
        }
        foreach (var key in (string[])["proxy-providers", "rule-providers"])
        {
            if (subscription[key] is YamlMap providers)
                subscription = subscription.With(key, Providers(key, providers, note, ref refusal));
        }
        foreach (var key in (string[])["proxies", "proxy-groups"])
        {
            if (subscription[key] is YamlSequence list && list.Items.Any(item => Marked(item) is not null))
            {
                note($"routing-mark is left out of {key}: {Way}");
                subscription = subscription.With(key, new YamlSequence([.. list.Items.Select(item => Marked(item) is { } map ? LooseKeys.Without(map, "routing-mark") : item)]));
            }
        }
        return subscription;
    }

    private static YamlMap? Marked(YamlNode node) => node is YamlMap map && LooseKeys.Values(map, "routing-mark").Any() ? map : null;

    /// <summary>mihomo stores what it downloads at a provider's path, and reads a provider's file there.</summary>
    private static YamlMap Providers(string key, YamlMap providers, Action<string> note, ref string? refusal)
    {
        foreach (var (name, value) in providers.Entries)
        {
            if (value is not YamlMap provider)
                continue;
            var cleaned = provider;
            foreach (var entry in provider.Entries.Where(entry => LooseKeys.Is(entry.Key.Text, "override") && Marked(entry.Value) is not null))
            {
                note($"routing-mark is left out of {key}: {Way}");
                cleaned = cleaned.With(entry.Key.Text, LooseKeys.Without((YamlMap)entry.Value, "routing-mark"));
            }
            if (LooseKeys.Values(provider, "path").Any(path => !IsInside(path)))
            {
                if (LooseKeys.Values(provider, "type").Any(type => type is YamlScalar { Text: "file" }))
                    refusal = $"{key} reads a file outside of mihomo's folder ({Quoted.Of(name.Text)})";
                note($"path is left out of {key} ({Quoted.Of(name.Text)}): it leaves mihomo's folder");
                cleaned = LooseKeys.Without(cleaned, "path");
            }
            if (!ReferenceEquals(cleaned, provider))
                providers = providers.With(name.Text, cleaned);
        }
        return providers;
    }

    private static bool IsInside(YamlNode path) => path is YamlScalar { Text: var text } && RelativePath.TryParse(Trimmed(text), out _);

    private static string Trimmed(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    private static bool IsLoopback(YamlNode node) => node is YamlScalar { Type: YamlType.Str, Text: var text }
        && (IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port > 0 && IPAddress.IsLoopback(endpoint.Address)
            || text.StartsWith("localhost:", StringComparison.Ordinal) && Port.TryParse(text["localhost:".Length..], out _));

    /// <summary>A part that is switched off is no news to anybody.</summary>
    private static bool IsOff(YamlNode value) => value switch
    {
        YamlMap map => map.Entries.IsEmpty || map["enable"] is YamlScalar { Text: "false" },
        YamlSequence list => list.Items.IsEmpty,
        YamlScalar scalar => scalar.Type == YamlType.Null || scalar.Text is "" or "0" or "false",
        _ => false,
    };
}
