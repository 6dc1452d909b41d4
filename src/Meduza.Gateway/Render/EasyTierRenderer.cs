using Meduza.Gateway.Model;
using Meduza.Gateway.Model.EasyTier;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Render;

/// <summary>
/// easytier-core 2.4. It reads its file at its start only, so any change is a restart. The device and its address are its
/// own: it adds the address with NLM_F_EXCL and gives its device up when the address is there already, so there is no link
/// of ours to set it.
/// </summary>
internal static class EasyTierRenderer
{
    private const string Component = "easytier";
    private const string Folder = "/etc/easytier";
    private const string ConfigPath = Folder + "/config.toml";

    /// <summary>Where easytier-cli asks it; by default it would listen on all addresses.</summary>
    private const string RpcPortal = "127.0.0.1:15888";

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        // There also while EasyTier is off: so that the secret goes with it.
        var owner = ProgramPrivileges.EasyTier.UserOn(machine);
        state.Folder(new DesiredFolder(Folder, StateBuilder.PrivateFolder, owner) { Owned = true, Component = Component });
        if (config.EasyTier is not { } easyTier)
            return;
        // EasyTier takes the secret from this file only, so the whole of it is one.
        var file = state.SecretFile(ConfigPath, new Secret(Text(config.Node, easyTier)), Component, owner);
        state.Service(new ServiceDefinition
        {
            Name = "easytier",
            Component = Component,
            Command = [machine.EasyTier, "--config-file", ConfigPath],
            // From 2.4.3 on the portal is not one of the file's fields any more.
            Environment = [$"ET_RPC_PORTAL={RpcPortal}"],
            Privileges = ProgramPrivileges.EasyTier.On(machine),
            After = ["dnsmasq"],
            Readiness = new Readiness(ReadinessKind.Device, easyTier.Device.ToString()),
            Revision = Fingerprint.Of(file),
            // At its start it writes its whole configuration to its standard output, and there is no option against that.
            SecretFields = ["network_secret"],
        });
        // Without the option (before 2.4) it ends with 2, the argument parser's status, which is no refusal.
        state.Preflight(new Preflight(Component, [machine.EasyTier, "--check-config", "--config-file", ConfigPath], [ConfigPath], owner)
        {
            SecretsOf = _ => [easyTier.NetworkSecret.Reveal()],
        });
    }

    private static string Text(InstanceName node, EasyTierConfig easyTier)
    {
        var text = new TomlText()
            .Comment("Written by Meduza from etcd: changes made here are overwritten.")
            .Text("instance_name", "meduza")
            .Text("hostname", node.ToString())
            .Flag("dhcp", easyTier.Dhcp);
        if (easyTier.Ipv4 is { } ipv4)
            text.Text("ipv4", ipv4.ToString());
        text.List("listeners", easyTier.Listeners.Select(url => url.ToString()))
            .List("mapped_listeners", easyTier.MappedListeners.Select(url => url.ToString()))
            // Routes set by hand, and none: what other nodes say of networks behind them is FRR's to believe.
            .List("routes", [])
            .Text("rpc_portal", RpcPortal)
            .Table("network_identity")
            .Text("network_name", easyTier.NetworkName)
            .Text("network_secret", easyTier.NetworkSecret.Reveal());
        foreach (var peer in easyTier.Peers)
            text.TableOfList("peer").Text("uri", peer.ToString());
        return text.Table("flags")
            .Text("dev_name", easyTier.Device.ToString())
            .Flag("multi_thread", true)
            .Flag("private_mode", easyTier.PrivateMode)
            .ToString();
    }
}
