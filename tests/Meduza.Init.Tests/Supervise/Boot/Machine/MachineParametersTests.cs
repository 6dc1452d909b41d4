using Meduza.Init.Supervise.Boot.Machine;

namespace Meduza.Init.Tests.Supervise.Boot.Machine;

public sealed class MachineParametersTests
{
    private readonly List<string> _warnings = [];

    private MachineParameters Parse(string text) => MachineParameters.Parse(text, _warnings.Add);

    [Fact]
    public void A_command_line_says_what_a_machine_has()
    {
        var given = Parse(
            "BOOT_IMAGE=/vmlinuz root=/dev/sda2 quiet meduza.NODE_ID=gw1 meduza.address=eth0:192.0.2.2/24 meduza.address=eth1:2001:db8::1/64 "
            + "meduza.gateway=192.0.2.1 meduza.gateway=2001:db8::2 meduza.dns=192.0.2.53 meduza.data=/dev/sda3\n");
        Assert.Equal(["eth0:192.0.2.2/24", "eth1:2001:db8::1/64"], given.Addresses.Select(address => address.ToString()));
        Assert.Equal(["192.0.2.1", "2001:db8::2"], given.Gateways.Select(gateway => gateway.ToString()));
        Assert.Equal(["192.0.2.53"], given.Resolvers.Select(resolver => resolver.ToString()));
        Assert.Equal(("/dev/sda2", "/dev/sda3"), (given.Root, given.Data));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Without_words_of_ours_it_says_nothing()
    {
        var given = Parse("console=ttyS0 panic=10 ro\n");
        Assert.Empty(given.Addresses);
        Assert.Equal((null, null), (given.Root, given.Data));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("meduza.address=192.0.2.2/24", "meduza.address=eth0:192.0.2.2/24")]
    [InlineData("meduza.address=eth0:192.0.2.2", "meduza.address=eth0:192.0.2.2/24")]
    [InlineData("meduza.address=eth0:192.0.2.2/33", "meduza.address=eth0:192.0.2.2/24")]
    [InlineData("meduza.address=eth0:banana/24", "meduza.address=eth0:192.0.2.2/24")]
    [InlineData("meduza.address=:192.0.2.2/24", "meduza.address=eth0:192.0.2.2/24")]
    [InlineData("meduza.gateway=router", "meduza.gateway=192.0.2.1")]
    [InlineData("meduza.dns=", "meduza.dns=192.0.2.53")]
    [InlineData("meduza.data=sda3", "meduza.data=/dev/sda3, or none")]
    [InlineData("root=LABEL=root", "root=/dev/sda2")]
    public void A_word_that_makes_no_sense_is_named_with_what_it_must_be_and_the_rest_counts(string word, string remedy)
    {
        var given = Parse($"{word} meduza.address=eth7:198.51.100.1/24");
        var warning = Assert.Single(_warnings);
        Assert.Contains(word, warning, StringComparison.Ordinal);
        Assert.Contains(remedy, warning, StringComparison.Ordinal);
        Assert.Equal("eth7", Assert.Single(given.Addresses).Device);
    }

    [Fact]
    public void A_second_gateway_of_a_family_is_named()
    {
        var given = Parse("meduza.gateway=192.0.2.1 meduza.gateway=192.0.2.2");
        Assert.Equal("192.0.2.1", Assert.Single(given.Gateways).ToString());
        Assert.Contains("meduza.gateway=192.0.2.2", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_word_with_our_prefix_is_named_without_its_value()
    {
        Parse("meduza.adress=eth0:192.0.2.2/24 meduza.etcd_pass=secret meduza.ETCD_PASS=secret");
        Assert.Equal(2, _warnings.Count);
        Assert.Contains("meduza.adress=", _warnings[0], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", _warnings[1], StringComparison.Ordinal);
    }
}
