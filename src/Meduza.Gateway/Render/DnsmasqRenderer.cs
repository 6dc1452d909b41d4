using Meduza.Gateway.Model;

namespace Meduza.Gateway.Render;

/// <summary>
/// dnsmasq on port 53. Upstreams and hosts are in files of their own, which it reads again on SIGHUP (as its own user, so
/// they are readable by all); the rest is read at its start only. See dnsmasq(8).
/// </summary>
internal static class DnsmasqRenderer
{
    private const string Component = "dnsmasq";
    private const string ConfigPath = "/etc/dnsmasq.conf";
    private const string ServersFolder = "/run/dnsmasq";

    /// <summary>
    /// Milliseconds until it asks again, then twice as many: 250, 750 after the question. A program that hangs is no longer among
    /// the servers by the second time, so that one goes to the next of them, and is answered within a second.
    /// </summary>
    private const int RetryMilliseconds = 250;

    private const int SigHup = 1;

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        // Other programs mount or read it too, so it is there also while dnsmasq is off.
        var hosts = state.File(new DesiredFile(HostsRenderer.Path, HostsRenderer.Render(config.Hosts), StateBuilder.PublicFile, "hosts"));
        if (!config.DnsmasqEnabled)
            return;
        state.Folder(new DesiredFolder(ServersFolder, StateBuilder.PublicFolder) { Component = Component });
        var main = state.File(ConfigPath, Main(machine), StateBuilder.PublicFile, Component);
        state.Service(new ServiceDefinition
        {
            Name = NameUpstreams.Service,
            Component = Component,
            Command = [machine.Dnsmasq, "--keep-in-foreground", $"--conf-file={ConfigPath}"],
            Privileges = ProgramPrivileges.Dnsmasq.On(machine),
            // Bound is enough: what is asked from then on waits in the socket. A connection would make it fork.
            Readiness = new Readiness(ReadinessKind.BoundUdpPort, "127.0.0.1:53"),
            Health = HealthCheck.ByAnswers,
            ReloadSignal = SigHup,
            Revision = Fingerprint.Of(main),
            ReloadRevision = Fingerprint.Of(hosts),
        });
        // 1 is a bad configuration; 2 to 5 are the network, files, memory and the rest.
        state.Preflight(new Preflight(Component, [machine.Dnsmasq, "--test", $"--conf-file={ConfigPath}"], [ConfigPath], ProgramPrivileges.Dnsmasq.UserOn(machine)));
    }

    private static string Main(Machine machine) => new ConfigText()
        .Line("# Written by Meduza from etcd: changes made here are overwritten.")
        .Line("port=53")
        .Line($"user={ProgramPrivileges.Dnsmasq.UserOn(machine) ?? "root"}")
        .Line("pid-file=")
        .Line("log-facility=-")
        // Only what etcd says: neither the machine's resolv.conf nor its hosts file, which names the machine 127.0.1.1.
        .Line("no-resolv")
        .Line("no-poll")
        .Line("no-hosts")
        .Line($"addn-hosts={HostsRenderer.Path}")
        .Line("strict-order")
        // By itself it leaves it to who asked to ask again, which is after 5 s for most.
        .Line($"fast-dns-retry={RetryMilliseconds}")
        .Line($"servers-file={NameUpstreams.ServersPath}")
        // A name that changes in etcd is seen by clients soon, and yet a burst of questions is answered from their caches.
        .Line("local-ttl=10")
        .Line("cache-size=4096")
        // A failed answer of an upstream must not outlive the failure by long.
        .Line("neg-ttl=10")
        .Line("dns-forward-max=512")
        .ToString();
}
