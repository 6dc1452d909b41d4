using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Meduza.Gateway.Model;

namespace Meduza.Gateway.Render;

/// <summary>
/// tincd (tinc.conf(5)). On SIGHUP it reads the other nodes' host files and the <c>ConnectTo</c> lines again; everything
/// else in tinc.conf, its own host file and its keys it reads only at its start (tinc 1.0.36, observed).
/// </summary>
internal static class TincRenderer
{
    private const string Component = "tinc";
    private const int SigHup = 1;

    /// <summary>The file of each host that somebody still knows: of a thousand a commit changes one.</summary>
    private static readonly ConditionalWeakTable<TincHost, DesiredFile> HostFiles = [];

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        var folder = $"/etc/tinc/{config.TincNetname}";
        state.Folder(new DesiredFolder("/etc/tinc", StateBuilder.PublicFolder) { Component = Component });
        // Owned, since tincd runs any script that it finds there (tinc-up, host-up); and there also while tinc is off, so that
        // its private key goes with it.
        var owner = ProgramPrivileges.Tincd.UserOn(machine);
        state.Folder(new DesiredFolder(folder, StateBuilder.PrivateFolder, owner) { Owned = true, Component = Component });
        state.Folder(new DesiredFolder($"{folder}/hosts", StateBuilder.PrivateFolder, owner) { Owned = true, Component = Component });
        if (machine.TincHasControl)
            state.Folder(new DesiredFolder(TincControl.Folder, StateBuilder.PrivateFolder, owner) { Component = Component });
        if (config.Tinc is not { } tinc)
            return;

        var fixedPart = FixedPart(tinc);
        var main = state.File($"{folder}/tinc.conf", fixedPart + Connections(tinc), StateBuilder.PublicFile, Component);
        List<DesiredFile> readAtStart =
        [
            main with { Content = Encoding.UTF8.GetBytes(fixedPart) },
            HostFile(state, folder, tinc.Self),
        ];
        if (tinc.RsaPrivateKey is { } rsa)
            readAtStart.Add(state.SecretFile($"{folder}/rsa_key.priv", rsa, Component, owner));
        if (tinc.Ed25519PrivateKey is { } ed25519)
            readAtStart.Add(state.SecretFile($"{folder}/ed25519_key.priv", ed25519, Component, owner));
        List<DesiredFile> readAgain = [main, .. tinc.Peers.Select(peer => HostFile(state, folder, peer))];

        state.Service(new ServiceDefinition
        {
            Name = "tinc",
            Component = Component,
            // tincd of 1.0 insists on a pid file and refuses to start when the number in an old one is any process's. The path
            // is that of its standard input, /dev/null: it reads nothing from there, leaves nothing and cannot delete it. That
            // of 1.1 minds no old one, and puts its control socket beside it: there it must be a place for one.
            Command = [machine.Tincd, "-n", tinc.Netname, "-D", $"--pidfile={(machine.TincHasControl ? TincControl.PidFile(tinc.Netname) : "/proc/self/fd/0")}"],
            Privileges = ProgramPrivileges.Tincd.On(machine),
            After = ["dnsmasq"],
            Readiness = new Readiness(ReadinessKind.Device, tinc.Device.ToString()),
            ReloadSignal = SigHup,
            Revision = Fingerprint.Of([.. readAtStart]),
            ReloadRevision = Fingerprint.Of([.. readAgain]),
        });
        ImmutableArray<InterfaceAddress> addresses =
            tinc.Ipv4 is { } ipv4 ? [new InterfaceAddress(ipv4.Address, ipv4.PrefixLength)] : [];
        state.Link(new DesiredLink(tinc.Device.ToString(), addresses, Component));
    }

    private static string FixedPart(TincConfig tinc) => new ConfigText()
        .Line($"Name = {tinc.Self.Name}")
        .Line($"Mode = {tinc.Mode}")
        .Line($"DeviceType = {(tinc.Mode == "router" ? "tun" : "tap")}")
        .Line($"Interface = {tinc.Device}")
        .Line($"AddressFamily = {tinc.AddressFamily}")
        .ToString();

    private static string Connections(TincConfig tinc)
    {
        var text = new ConfigText();
        foreach (var peer in tinc.Peers.Where(peer => !peer.Addresses.IsEmpty))
            text.Line($"ConnectTo = {peer.Name}");
        return text.ToString();
    }

    private static DesiredFile HostFile(StateBuilder state, string folder, TincHost host)
    {
        // The network's name is no part of a host.
        if (!HostFiles.TryGetValue(host, out var file) || !file.Path.StartsWith(folder, StringComparison.Ordinal) || file.Path[folder.Length] != '/')
        {
            file = new DesiredFile($"{folder}/hosts/{host.Name}", Content(host), StateBuilder.PublicFile, Component);
            HostFiles.AddOrUpdate(host, file);
        }
        return state.File(file);
    }

    private static byte[] Content(TincHost host)
    {
        var text = new ConfigText();
        foreach (var address in host.Addresses)
            text.Line($"Address = {address}");
        text.Line($"Port = {host.Port}");
        foreach (var subnet in host.Subnets)
            text.Line($"Subnet = {subnet}");
        text.LineIf(host.Cipher is not null, $"Cipher = {host.Cipher}");
        text.LineIf(host.Digest is not null, $"Digest = {host.Digest}");
        text.LineIf(host.Ed25519PublicKey is not null, $"Ed25519PublicKey = {host.Ed25519PublicKey}");
        if (host.RsaPublicKey is { } rsa)
            text.Block(rsa);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
