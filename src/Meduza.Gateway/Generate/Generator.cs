using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;

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
        ("dnsmasq", (_, state) => Single(state, "dnsmasq", "/etc/dnsmasq.conf")),
    ];

    /// <summary>The tools that there is a generator for.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Tools.Select(tool => tool.Tool)];

    /// <param name="tool">One of <see cref="Names"/>.</param>
    /// <param name="config">The node.</param>
    /// <param name="machine">What it is rendered for.</param>
    /// <exception cref="ArgumentException">There is no generator of that name.</exception>
    public static GeneratorOutput Generate(string tool, GatewayConfig config, Machine machine)
    {
        ArgumentNullException.ThrowIfNull(config);
        var make = Tools.FirstOrDefault(known => known.Tool == tool).Make
            ?? throw new ArgumentException($"no generator '{tool}': there are {string.Join(", ", Names)}", nameof(tool));
        return make(config, Renderer.Render(config, machine));
    }

    /// <summary>A tool with one service of its own name and one main file.</summary>
    private static GeneratorOutput Single(DesiredState state, string component, string main) => new()
    {
        ConfigText = TextOf(state, main),
        Args = [.. state.Services.FirstOrDefault(service => service.Component == component)?.Command.Skip(1) ?? []],
        Files = [.. state.Files.Where(file => file.Component == component && file.Path != main).Select(FileOf)],
    };

    private static GeneratorOutput OpenVpn(GatewayConfig config, DesiredState state) => new()
    {
        Instances = [.. config.OpenVpn.Select(instance =>
        {
            var main = $"/etc/openvpn/generated/{instance.Name}.conf";
            var files = state.Files.Where(file => file.Component == $"openvpn/{instance.Name}" && file.Path != main).Select(FileOf);
            return new GeneratedInstance(instance.Name.ToString(), instance.Device.ToString(), TextOf(state, main), [.. files]);
        })],
    };

    private static GeneratorOutput WireGuard(GatewayConfig config, DesiredState state) => new()
    {
        Instances = [.. config.WireGuard.Select(instance => new GeneratedInstance(
            instance.Name.ToString(), instance.Device.ToString(), WgQuickText.Of(instance), []))],
    };

    private static string TextOf(DesiredState state, string path) =>
        state.Files.FirstOrDefault(file => file.Path == path) is { } file ? Encoding.UTF8.GetString(file.Content.Span) : "";

    private static GeneratedFile FileOf(DesiredFile file) => new(file.Path, Encoding.UTF8.GetString(file.Content.Span), (int)file.Mode);
}
