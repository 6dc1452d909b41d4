using Meduza.Linux.Files;
using Meduza.Linux.Tests.Netlink;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Files;

public class SysctlTests
{
    [Theory]
    [InlineData("net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward")]
    [InlineData("net.ipv4.conf.eth0/100.rp_filter", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter")]
    [InlineData("net/ipv4/conf/eth0.100/rp_filter", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter")]
    public void Key_is_the_path_by_the_rules_of_sysctl(string key, string path) => Assert.Equal(path, Sysctl.FilePath(key));

    [Theory]
    [InlineData("")]
    [InlineData("net/../../etc/passwd")]
    [InlineData("net.//.x")]
    [InlineData("/etc/passwd")]
    [InlineData("net..ipv4")]
    public void Key_that_leads_elsewhere_is_refused(string key) => Assert.Throws<ArgumentException>(() => Sysctl.FilePath(key));

    [Fact]
    public void Value_is_written_only_when_it_differs()
    {
        using var network = new NetworkNamespace();
        Assert.Equal("0", network.Run(() => Sysctl.Read("net.ipv4.ip_forward")));
        Assert.True(network.Run(() => Sysctl.WriteIfDifferent("net.ipv4.ip_forward", "1")));
        Assert.Equal("1", network.Run(() => Sysctl.Read("net.ipv4.ip_forward")));
        Assert.False(network.Run(() => Sysctl.WriteIfDifferent("net.ipv4.ip_forward", "1")));
    }

    [Fact]
    public void Setting_of_a_device_with_a_dot_in_its_name_is_reached()
    {
        using var network = new NetworkNamespace();
        network.Ip("link add eth0.100 type bridge");
        Assert.True(network.Run(() => Sysctl.WriteIfDifferent("net/ipv4/conf/eth0.100/rp_filter", "2")));
        Assert.Equal("2", network.Run(() => Sysctl.Read("net.ipv4.conf.eth0/100.rp_filter")));
    }

    [Fact]
    public void Numbers_are_the_same_whatever_stands_between_them()
    {
        using var network = new NetworkNamespace();
        Assert.True(network.Run(() => Sysctl.WriteIfDifferent("net.ipv4.ip_local_port_range", "20000 30000")));
        Assert.False(network.Run(() => Sysctl.WriteIfDifferent("net.ipv4.ip_local_port_range", "20000 30000")));
    }

    [Fact]
    public void Setting_that_is_not_there_and_value_that_cannot_be_are_errors()
    {
        using var network = new NetworkNamespace();
        Assert.Equal(ENOENT, Assert.Throws<LinuxException>(() => network.Run(() => Sysctl.Read("net.ipv4.no_such"))).Errno);
        Assert.Equal(EINVAL, Assert.Throws<LinuxException>(
            () => network.Run(() => Sysctl.WriteIfDifferent("net.ipv4.ip_forward", "maybe"))).Errno);
    }
}
