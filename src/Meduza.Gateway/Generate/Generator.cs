using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Generate;

/// <summary>
/// The generator interface of the first edition over the same renderers that a gateway uses: one node's configuration in, the
/// text of one tool out, for scripts that write the files themselves.
/// </summary>
public static class Generator
{
    private static readonly ImmutableArray<(string Tool, Func<GatewayConfig, DesiredState, GeneratorOutput> Make)> Tools =
    [
        ("easytier", (_, state) => Single(state, "easytier", "/etc/easytier/config.toml")),
        ("tinc", (config, state) => Single(state, "tinc", $"/etc/tinc/{config.TincNetname}/tinc.conf")),
        ("openvpn", OpenVpn),
        ("wireguard", WireGuard),
        ("frr", (_, state) => new GeneratorOutput { FrrConf = TextOf(state, "/etc/frr/frr.conf") }),
        ("clash", Clash),
        ("mosdns", Mosdns),
        ("dnsmasq", (_, state) => Single(state, "dnsmasq", "/etc/dnsmasq.conf")),
    ];

    /// <summary>The tools that there is a generator for.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Tools.Select(tool => tool.Tool)];

    /// <param name="tool">One of <see cref="Names"/>.</param>
    /// <param name="config">The node.</param>
    /// <param name="state">What it was rendered to.</param>
    /// <exception cref="ArgumentException">There is no generator of that name.</exception>
    public static GeneratorOutput Generate(string tool, GatewayConfig config, DesiredState state)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(state);
        var make = Tools.FirstOrDefault(known => known.Tool == tool).Make
            ?? throw new ArgumentException($"no generator '{tool}': there are {string.Join(", ", Names)}", nameof(tool));
        return make(config, state);
    }

    /// <summary>A tool with one service of its own name and one main file.</summary>
    private static GeneratorOutput Single(DesiredState state, string component, string main) => new()
    {
        ConfigText = TextOf(state, main),
        Args = ArgumentsOf(state, component),
        Files = FilesBeside(state, component, main),
    };

    private static GeneratorOutput Clash(GatewayConfig config, DesiredState state) => new()
    {
        ConfigYaml = TextOf(state, MihomoRenderer.ConfigPath),
        Args = ArgumentsOf(state, PacketRules.ProxyComponent),
        TproxyTargets = [.. state.Packets.Proxy?.Sources.Select(source => source.ToString()) ?? []],
        Mode = config.Clash switch { null => null, { Mode: ClashMode.Tproxy } => "tproxy", _ => "mixed" },
        RefreshEnable = config.Clash is { RefreshEnabled: true },
        RefreshIntervalMinutes = (int?)config.Clash?.RefreshInterval.TotalMinutes,
    };

    private static GeneratorOutput Mosdns(GatewayConfig config, DesiredState state) => new()
    {
        ConfigYaml = TextOf(state, MosdnsRenderer.ConfigPath),
        Args = ArgumentsOf(state, MosdnsRenderer.Component),
        // What the rules are fetched to stands there empty until then.
        Files = [.. FilesBeside(state, MosdnsRenderer.Component, MosdnsRenderer.ConfigPath).ExceptBy(
            (config.Mosdns?.RuleFiles ?? []).Select(rule => $"{MosdnsConfig.Folder}/{rule.Path}"), file => file.Path)],
        Rules = (config.Mosdns?.RuleFiles ?? []).ToImmutableSortedDictionary(file => file.Path.ToString(), file => file.Url, StringComparer.Ordinal),
        RefreshMinutes = (int?)config.Mosdns?.Refresh.TotalMinutes,
    };

    private static GeneratorOutput OpenVpn(GatewayConfig config, DesiredState state) => new()
    {
        Instances = [.. config.OpenVpn.Select(instance =>
        {
            var main = $"/etc/openvpn/generated/{instance.Name}.conf";
            var files = FilesBeside(state, $"openvpn/{instance.Name}", main);
            return new GeneratedInstance(instance.Name.ToString(), instance.Device.ToString(), TextOf(state, main), files);
        })],
    };

    private static GeneratorOutput WireGuard(GatewayConfig config, DesiredState state) => new()
    {
        Instances = [.. config.WireGuard.Select(instance => new GeneratedInstance(
            instance.Name.ToString(), instance.Device.ToString(), WgQuickText.Of(instance), []))],
    };

    private static ImmutableArray<string> ArgumentsOf(DesiredState state, string component) =>
        [.. state.Services.FirstOrDefault(service => service.Component == component)?.Command.Skip(1) ?? []];

    private static ImmutableArray<GeneratedFile> FilesBeside(DesiredState state, string component, string main) =>
        [.. state.Files.Where(file => file.Component == component && file.Path != main).Select(FileOf)];

    private static string TextOf(DesiredState state, string path) =>
        state.Files.FirstOrDefault(file => file.Path == path) is { } file ? Encoding.UTF8.GetString(file.Content.Span) : "";

    private static GeneratedFile FileOf(DesiredFile file) => new(file.Path, Encoding.UTF8.GetString(file.Content.Span), (int)file.Mode);
}
