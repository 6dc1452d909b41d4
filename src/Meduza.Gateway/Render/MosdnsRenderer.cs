using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render;

/// <summary>
/// MosDNS (version 5), which dnsmasq asks first. It reads everything at its start, so a change of any of its files is a
/// restart; dnsmasq answers meanwhile.
/// </summary>
internal static class MosdnsRenderer
{
    public const string Component = "mosdns";

    /// <summary>The name of its service.</summary>
    public const string Service = "mosdns";

    public const string ConfigPath = MosdnsConfig.Folder + "/config.yaml";

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        if (config.Mosdns is not { } mosdns)
            return;
        // Downloaded rule files lie in it too.
        var owner = ProgramPrivileges.MosDns.UserOn(machine);
        state.Folder(new DesiredFolder(MosdnsConfig.Folder, StateBuilder.PublicFolder, owner) { Component = Component });
        var plugins = mosdns.Plugins;
        var document = MosdnsKinds.ReadDocument(Encoding.UTF8.GetString(machine.MosdnsBase.Span)) as YamlMap
            ?? throw new InvalidOperationException($"{ShippedFile.Folder}/{ShippedFile.Mosdns} is not a map");
        if (plugins is not null)
            document = document.With("plugins", plugins);
        List<DesiredFile> files =
        [
            // Whoever writes plugins may have put a password into one; where they are gone, it is in what was there.
            state.File(new DesiredFile(ConfigPath, YamlWriter.Write(document), StateBuilder.PrivateFile, Component) { Owner = owner, Secret = plugins is not null, MayReplaceSecret = plugins is null }),
        ];
        foreach (var (name, text) in mosdns.Lists)
            files.Add(state.File($"{MosdnsConfig.Folder}/{MosdnsConfig.ListFile(name)}", ListText(text), StateBuilder.PublicFile, Component));
        List<DesiredSymlink> links = [];
        foreach (var path in mosdns.RuleFiles.Select(rule => rule.Path.ToString()))
        {
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
                state.Folder(new DesiredFolder($"{MosdnsConfig.Folder}/{path[..slash]}", StateBuilder.PublicFolder, owner) { Component = Component });
            // A file that is not there would keep it from starting: until it is fetched it is an empty one.
            if (machine.RuleFiles.TryGetValue(path, out var kept))
                links.Add(state.Symlink(new($"{MosdnsConfig.Folder}/{path}", kept, Component)));
            else
                files.Add(state.File($"{MosdnsConfig.Folder}/{path}", "", StateBuilder.PublicFile, Component));
        }

        state.Service(new ServiceDefinition
        {
            Name = Service,
            Component = Component,
            Command = [machine.Mosdns, "start", "-d", MosdnsConfig.Folder, "-c", ConfigPath],
            Privileges = ProgramPrivileges.MosDns.On(machine),
            After = ["dnsmasq"],
            // Its rule files and answers come through the proxy: it waits for one that answers, as long as it takes. It
            // stays while the proxy is restarted.
            Requires = config.Clash is null ? [] : [MihomoRenderer.Service],
            WhenRequiredRestarts = RequiredRestart.Tell,
            Readiness = ReadinessOf((YamlSequence)document["plugins"]!),
            // One that hangs keeps its port: the agent asks it, for dnsmasq's sake.
            Health = new HealthCheck(new Readiness(ReadinessKind.Agent, "")) { FailureThreshold = 1, SuccessThreshold = 1 },
            Revision = Fingerprint.Of(files, links),
        });
    }

    /// <summary>The port where dnsmasq asks is bound; whoever wrote plugins without one gets no sign but the start.</summary>
    private static Readiness ReadinessOf(YamlSequence plugins)
    {
        if (PluginCheck.Listens(plugins, "udp_server"))
            return new(ReadinessKind.BoundUdpPort, $"127.0.0.1:{PluginCheck.Port}");
        return PluginCheck.Listens(plugins, "tcp_server") ? new(ReadinessKind.BoundTcpPort, $"127.0.0.1:{PluginCheck.Port}") : Readiness.Started;
    }

    private static string ListText(string text) => string.Concat(Lines.Items(text).Select(line => line + "\n"));
}
