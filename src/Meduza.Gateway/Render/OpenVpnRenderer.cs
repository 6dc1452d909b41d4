using Meduza.Gateway.Model;
using Meduza.Gateway.Model.OpenVpn;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Render;

/// <summary>
/// One openvpn process an instance (openvpn(8)), in the foreground, without scripts, with its management interface on a
/// unix socket. Everything is read at the start, so any change is a restart, of that instance alone.
/// </summary>
internal static class OpenVpnRenderer
{
    private const string Folder = "/etc/openvpn/generated";
    private const string RunFolder = "/run/openvpn";
    private static readonly Version WithoutStaticKeys = new(2, 7);

    /// <summary>The management socket of an instance.</summary>
    public static string SocketPath(InstanceName name) => $"{RunFolder}/{name}.sock";

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        // There also while no instance is: so that the last one's secrets go with it.
        state.Folder(new DesiredFolder("/etc/openvpn", StateBuilder.PublicFolder) { Component = "openvpn" });
        var owner = ProgramPrivileges.OpenVpn.UserOn(machine);
        state.Folder(new DesiredFolder(Folder, StateBuilder.PrivateFolder, owner) { Owned = true, Component = "openvpn" });
        state.Folder(new DesiredFolder(RunFolder, StateBuilder.PrivateFolder, owner) { Component = "openvpn" });
        foreach (var instance in config.OpenVpn)
            RenderInstance(instance, machine, state);
    }

    private static void RenderInstance(OpenVpnInstance instance, Machine machine, StateBuilder state)
    {
        var component = $"openvpn/{instance.Name}";
        var text = new ConfigText().Line("# Written by Meduza from etcd: changes made here are overwritten.");
        Device(text, instance);
        Connection(text, instance);
        List<DesiredFile> files = [.. Authentication(text, instance, machine, state, component)];
        foreach (var directive in instance.Directives)
            text.Line(DirectiveText.Line(directive.Name, directive.Arguments));
        Process(text, instance);
        // The text names no secret, yet remotes and options are nobody's business either.
        files.Add(state.File($"{Folder}/{instance.Name}.conf", text.ToString(), StateBuilder.PrivateFile, component, ProgramPrivileges.OpenVpn.UserOn(machine)));

        state.Service(new ServiceDefinition
        {
            Name = $"openvpn-{instance.Name}",
            Component = component,
            Command = [machine.OpenVpn, "--config", $"{Folder}/{instance.Name}.conf"],
            Privileges = ProgramPrivileges.OpenVpn.On(machine, Sets(instance, "mlock") ? ["CAP_IPC_LOCK"] : []),
            After = ["dnsmasq"],
            // Ready is CONNECTED, as the agent hears on the management interface: there is one place at it. It waits for the
            // other end as long as it takes, since nothing is gained by beginning anew.
            Readiness = new Readiness(ReadinessKind.Agent, SocketPath(instance.Name)),
            StartTimeoutMilliseconds = -1,
            Revision = Fingerprint.Of([.. files]),
        });
    }

    private static void Device(ConfigText text, OpenVpnInstance instance)
    {
        text.Line($"dev {instance.Device}");
        text.LineIf(!Sets(instance, "dev-type"), $"dev-type {(instance.IsTap ? "tap" : "tun")}");
        if (instance.Ifconfig is { } ifconfig)
            text.Line($"ifconfig {ifconfig.Local} {ifconfig.RemoteOrNetmask}");
        // The device stays through a reconnect, and with it its addresses and routes.
        text.LineIf(!Sets(instance, "persist-tun"), "persist-tun");
        text.LineIf(!Sets(instance, "persist-key"), "persist-key");
    }

    private static void Connection(ConfigText text, OpenVpnInstance instance)
    {
        text.Line($"proto {instance.Protocol}");
        foreach (var remote in instance.Remotes)
        {
            var protocol = remote.Protocol is { } own ? $" {own}" : "";
            text.Line($"remote {remote.Host} {remote.Port ?? instance.Port}{protocol}");
        }
        // A TCP client has no use for a port of its own, and two of them would fight for one.
        if (instance.Protocol.IsTcpClient)
            text.LineIf(!Sets(instance, "nobind") && !Sets(instance, "bind") && !Sets(instance, "lport") && !Sets(instance, "local"), "nobind");
        else if (!Sets(instance, "nobind"))
            text.LineIf(!Sets(instance, "lport"), $"lport {instance.Port}");
        if (instance.Keepalive is { } keepalive)
            text.Line($"keepalive {keepalive.Interval} {keepalive.Timeout}");
    }

    private static IEnumerable<DesiredFile> Authentication(
        ConfigText text, OpenVpnInstance instance, Machine machine, StateBuilder state, string component)
    {
        switch (instance.Authentication)
        {
            case StaticKeyAuthentication { Key: var key }:
                yield return Secret("secret", key);
                text.Line($"secret {PathOf("secret")}");
                // OpenVPN's own default, BF-CBC, is not in OpenSSL 3 any more; a static key takes no AEAD cipher.
                text.LineIf(!Sets(instance, "cipher"), "cipher AES-256-CBC");
                text.LineIf(machine.OpenVpnVersion >= WithoutStaticKeys, "allow-deprecated-insecure-static-crypto");
                break;
            case TlsAuthentication tls:
                if (!Sets(instance, "tls-server") && !Sets(instance, "tls-client") && !Sets(instance, "client") && !Sets(instance, "server"))
                    text.Line(tls.IsServer ? "tls-server" : "tls-client");
                // Ephemeral keys by elliptic curves: no parameter file is needed.
                text.LineIf(tls.IsServer && !Sets(instance, "dh"), "dh none");
                foreach (var (directive, content) in ((string, Secret?)[])
                    [("ca", tls.Ca), ("cert", tls.Certificate), ("key", tls.PrivateKey), ("tls-auth", tls.TlsAuth), ("tls-crypt", tls.TlsCrypt)])
                {
                    if (content is null)
                        continue;
                    yield return Secret(directive, content);
                    text.Line($"{directive} {PathOf(directive)}");
                }
                break;
        }

        string PathOf(string suffix) => $"{Folder}/{instance.Name}.{suffix}";

        DesiredFile Secret(string suffix, Secret content) => state.SecretFile(PathOf(suffix), content, component, ProgramPrivileges.OpenVpn.UserOn(machine));
    }

    private static void Process(ConfigText text, OpenVpnInstance instance)
    {
        text.Line("script-security 0");
        text.LineIf(!Sets(instance, "verb"), "verb 3");
        // PID 1 stamps each line itself.
        text.Line("suppress-timestamps");
        text.Line($"management {SocketPath(instance.Name)} unix");
    }

    private static bool Sets(OpenVpnInstance instance, string directive) => instance.Directives.Any(d => d.Name == directive);
}
