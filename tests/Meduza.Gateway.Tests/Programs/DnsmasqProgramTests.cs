using System.Net;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>What dnsmasq itself makes of what is rendered.</summary>
public sealed class DnsmasqProgramTests
{
    private const int SigHup = 1;

    [Fact]
    public void Configuration_passes_the_check()
    {
        using var sandbox = new Sandbox();
        sandbox.LayDown(Fleet.Keys.Render());
        sandbox.Run("dnsmasq", "--test", "--conf-file=/etc/dnsmasq.conf");
    }

    [Fact]
    public void Hosts_and_upstreams_are_read_again_on_the_reload_signal_without_root()
    {
        using var sandbox = new Sandbox();
        var state = Fleet.Keys.Render();
        sandbox.LayDown(state);
        var service = state.Services.Single(s => s.Name == "dnsmasq");
        var dnsmasq = sandbox.StartService(service);
        Assert.Equal("10.42.10.1", Ask(sandbox, "gateway.internal"));

        var changed = Fleet.Keys.With("/dns/hosts/gateway.internal", "10.42.10.9").Render();
        var now = changed.Services.Single(s => s.Name == "dnsmasq");
        Assert.True(service.SameProcessAs(now));
        Assert.NotEqual(service.ReloadRevision, now.ReloadRevision);
        var names = changed.Names! with { Fallbacks = [IPAddress.Parse("192.0.2.53")] };
        sandbox.LayDown(changed with
        {
            Files = [.. changed.Files.Select(file => file.Path == NameUpstreams.ServersPath ? file with { Content = names.Servers(_ => true) } : file)],
        });
        sandbox.Signal("dnsmasq", SigHup);
        dnsmasq.WaitForLine(line => line.Contains("using nameserver 192.0.2.53#53", StringComparison.Ordinal), Sandbox.Patience);
        Sandbox.Eventually(() => Ask(sandbox, "gateway.internal") == "10.42.10.9", () => dnsmasq.Text);
    }

    /// <summary>Asks for a name's IPv4 address, as a client inside would.</summary>
    private static string Ask(Sandbox sandbox, string name)
    {
        // A query by hand: perl is part of every Debian, a DNS client is not.
        const string Client = """
            use IO::Socket::INET;
            my $name = shift;
            my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1:53', Proto => 'udp', Timeout => 5) or die;
            my $q = join('', map { pack('C/a*', $_) } split(/\./, $name)) . "\0";
            $s->send(pack('n6', 1, 256, 1, 0, 0, 0) . $q . pack('n2', 1, 1));
            alarm 5;
            $s->recv(my $answer, 512);
            print join('.', unpack('C4', substr($answer, -4)));
            """;
        return sandbox.Run("perl", "-e", Client, name);
    }
}
