using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Tests.Model;

/// <summary>Keys about the packets that pass a node: proxied, mapped, forwarded.</summary>
public sealed class PacketKeysTests
{
    private const string Node = "/nodes/gw-a/";

    private static readonly KeySet Clash = Fleet.Keys.With(Node + "clash/enable", "true");

    [Fact]
    public void Proxy_without_further_keys_has_the_defaults()
    {
        var clash = Clash.Config().Clash!;
        Assert.Equal(new ClashConfig(), clash);
        Assert.Equal((ClashMode.Mixed, Transports.Both), (clash.Mode, clash.Transports));
        Assert.Null(Fleet.Keys.With(Node + "clash/mode", "tproxy").Config().Clash);
    }

    [Fact]
    public void Proxy_is_read_from_its_keys()
    {
        var clash = Clash.With(Node + "clash/", ("mode", "tproxy"), ("tproxy_protocol", "udp"), ("use_conntrack", "yes"), ("exclude_rfc1918", "1"),
            ("exclude_tproxy_port", "out:udp:5000-5010\n22\r\nin:tcp:80\n22")).Config().Clash!;
        Assert.Equal((ClashMode.Tproxy, Transports.Udp, true, true), (clash.Mode, clash.Transports, clash.UseConntrack, clash.ExcludeRfc1918));
        Assert.Equal(["22", "in:tcp:80", "out:udp:5000-5010"], clash.ExcludedPorts.Select(p => p.ToString()));
    }

    [Theory]
    [InlineData("clash/exclude_tproxy_port", "0")]
    [InlineData("clash/exclude_tproxy_port", "65536")]
    [InlineData("clash/exclude_tproxy_port", "10-9")]
    [InlineData("clash/exclude_tproxy_port", "tcp:out:80")]
    [InlineData("clash/exclude_tproxy_port", "in:out:80")]
    [InlineData("clash/exclude_tproxy_port", "sctp:80")]
    [InlineData("clash/exclude_tproxy_port", "80-")]
    [InlineData("clash/exclude_tproxy_port", "80-90-100")]
    [InlineData("clash/exclude_tproxy_port", "80,81")]
    [InlineData("clash/mode", "tun")]
    [InlineData("clash/tproxy_protocol", "icmp")]
    [InlineData("clash/use_conntrack", "maybe")]
    [InlineData("portforward", "80")]
    [InlineData("portforward", "80:10.0.0.5")]
    [InlineData("portforward", "0:10.0.0.5:80")]
    [InlineData("portforward", "80:10.0.0.5:0")]
    [InlineData("portforward", "80:2001:db8::5:80")]
    [InlineData("portforward", "80:[10.0.0.5]:80")]
    [InlineData("portforward", "80:[2001:db8::5:80")]
    [InlineData("portforward", "80:server.example:80")]
    [InlineData("portforward", "80:10.0.0.5:80\n80:10.0.0.6:80")]
    [InlineData("network_mapping/10.1.0.0/24", "192.168.0.0/16")]
    [InlineData("network_mapping/10.1.0.0/24", "2001:db8::/32")]
    [InlineData("network_mapping/10.1.0.0/24", "10.2.0.0")]
    [InlineData("network_mapping/10.1.0.0/24", "")]
    [InlineData("network_mapping/10.1.0.0/33", "10.2.0.0/24")]
    [InlineData("network_mapping/lan/24", "10.2.0.0/24")]
    public void Bad_value_is_told_with_its_key(string key, string value)
    {
        var result = Clash.With(Node + key, value).Parse();
        if (value.Length > 0)
            Assert.Contains(result.Errors, error => error.Key == Node + key);
        else
            Assert.Contains(result.Warnings, warning => warning.Key == Node + key);
    }

    [Fact]
    public void Bad_value_of_a_proxy_that_is_off_is_a_warning()
    {
        var result = Fleet.Keys.With(Node + "clash/exclude_tproxy_port", "0").Parse();
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, warning => warning.Key == Node + "clash/exclude_tproxy_port");
    }

    [Fact]
    public void Forwards_of_both_families_are_read_and_sorted()
    {
        var forwards = Fleet.Keys.With(Node + "portforward", "8080:[2001:db8::5]:80\n8080:10.0.0.5:80\n22:10.0.0.6:2222").Config().PortForwards;
        Assert.Equal(["22:10.0.0.6:2222", "8080:10.0.0.5:80", "8080:[2001:db8::5]:80"], forwards.Select(f => f.ToString()));
    }

    [Fact]
    public void Mappings_are_read_and_sorted_by_address()
    {
        var result = Fleet.Keys.With(Node + "network_mapping/", ("192.168.10.0/24", "10.100.10.0/24"), ("192.168.9.77/24", "10.100.9.5/24")).Parse();
        Assert.Equal(["192.168.9.0/24 as 10.100.9.0/24", "192.168.10.0/24 as 10.100.10.0/24"], result.Config!.NetworkMappings.Select(m => m.ToString()));
        Assert.Equal(2, result.Warnings.Count(w => w.Key == Node + "network_mapping/192.168.9.77/24"));
    }

    [Theory]
    [InlineData("192.168.0.0/16", "10.8.0.0/16")]
    [InlineData("192.168.128.0/17", "10.9.0.0/17")]
    [InlineData("172.16.0.0/16", "10.100.0.0/16")]
    public void Host_with_two_places_or_place_with_two_hosts_is_an_error(string inside, string outside)
    {
        var result = Fleet.Keys.With(Node + "network_mapping/", ("192.168.128.0/20", "10.100.0.0/20"), (inside, outside)).Parse();
        Assert.Contains("overlaps", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }
}
