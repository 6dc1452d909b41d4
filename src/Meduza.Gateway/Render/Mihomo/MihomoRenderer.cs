using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>
/// mihomo, the proxy. Its configuration has the passwords of every proxy in it. On SIGHUP it reads it again and keeps
/// running, ports included.
/// </summary>
internal static class MihomoRenderer
{
    /// <summary>The name of its service.</summary>
    public const string Service = TransparentProxy.Service;

    private const string Component = PacketRules.ProxyComponent;
    private const string Folder = "/etc/mihomo";
    public const string ConfigPath = Folder + "/config.yaml";

    /// <summary>Where it keeps what it downloads and what was chosen.</summary>
    public const string DataFolder = "/var/lib/mihomo";

    private const int SigHup = 1;

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        // There also while it is off, and then no news: so that the configuration goes when the proxy does.
        var owner = ProgramPrivileges.Mihomo.UserOn(machine);
        state.Folder(new DesiredFolder(Folder, StateBuilder.PrivateFolder, owner) { Owned = true, Component = config.Clash is null ? "" : Component });
        if (config.Clash is not { } clash)
            return;
        state.Folder(new DesiredFolder(DataFolder, StateBuilder.PrivateFolder, owner) { Component = Component });
        var merged = Merged(clash, machine, state);
        var file = state.File(new DesiredFile(ConfigPath, merged.Text, StateBuilder.PrivateFile, Component) { Owner = owner, Secret = true });
        state.Mihomo = merged.Api;
        state.ProxyServers = merged.Servers;
        state.Geodata = merged.Geodata;
        List<DesiredSymlink> data = [];
        foreach (var needed in merged.Geodata)
        {
            if (machine.Geodata?.GetValueOrDefault(needed.Name) is { } kept)
                data.Add(state.Symlink(new($"{DataFolder}/{needed.Name}", kept, Component)));
        }
        state.Service(new ServiceDefinition
        {
            Name = Service,
            Component = Component,
            Command = [machine.Mihomo, "-d", DataFolder, "-f", ConfigPath],
            Privileges = ProgramPrivileges.Mihomo.On(machine),
            // Its API answers: the agent asks, then and from then on.
            Readiness = new Readiness(ReadinessKind.Agent, merged.Api.Address),
            ReloadSignal = SigHup,
            ReloadRevision = Fingerprint.Of([file], data),
        });
        state.Preflight(new Preflight(Component, [machine.Mihomo, "-t", "-d", DataFolder, "-f", ConfigPath], [ConfigPath], owner)
        {
            Folder = DataFolder,
            // It fetches the geographical data that the rules name; and its folder is its own matter.
            OtherReasons = ["can't download", "Initial configuration directory error"],
            Chatter = ["level=debug", "level=info", "level=warning"],
            SecretsOf = MihomoSecrets.In,
        });
    }

    private static MergedConfig Merged(ClashConfig clash, Machine machine, StateBuilder state)
    {
        var key = clash.Subscription is { } subscription ? $"/global/clash/subscriptions/{subscription}/url" : "";
        ReadOnlyMemory<byte>? text = null;
        if (clash.Subscription is { } name)
        {
            if (machine.Subscriptions.TryGetValue(name.ToString(), out var fetched))
                text = fetched;
            else
                state.Warn(key, "is not fetched yet: mihomo runs without proxies until it is");
        }
        var there = machine.Geodata is { } data ? string.Join('/', data.Keys.Order(StringComparer.Ordinal)) : null;
        var merged = machine.Merged.Get(new(machine.MihomoBase, text, clash.Mode, machine.MihomoSecret, there), Merge);
        foreach (var note in merged.Notes)
            state.Warn(key, note);
        return merged;
    }

    private static MergedConfig Merge(MergeSource source)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        YamlMap? document = null;
        if (source.Subscription is { } text && (document = Subscription.Read(text, out var problem)) is null)
            notes.Add($"the subscription is not used: {problem}");
        var shipped = YamlReader.Read(source.Shipped) as YamlMap
            ?? throw new InvalidOperationException($"{ShippedFile.Folder}/{ShippedFile.Mihomo} is not a map");
        var merged = MihomoConfig.Merge(shipped, document, source.Mode, source.Secret, note => notes.Add($"of the subscription, {note}"));
        var needed = Geodata.NeededBy(merged);
        List<string> missing = source.Geodata is { } there ? [.. needed.Select(file => file.Name).Except(there.Split('/'))] : [];
        if (missing.Count > 0)
            notes.Add($"what needs {string.Join(" and ", missing)} is left out until that is downloaded");
        merged = Geodata.Without(merged, missing);
        return new(YamlWriter.Write(merged), MihomoApi.Of(merged), ProxyServers.Of(merged, DataFolder), notes.ToImmutable()) { Geodata = needed };
    }
}
