using Meduza.Linux.WireGuard;
using static Meduza.Linux.Tests.WireGuard.WireGuardSamples;

namespace Meduza.Linux.Tests.WireGuard;

public class WireGuardKeyTests
{
    [Fact]
    public void Public_key_is_written_as_it_was_read() =>
        Assert.Equal("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=", First.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8D==")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dh=")]
    [InlineData(" TIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=")]
    [InlineData("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=\n")]
    public void What_is_no_key_is_refused(string text)
    {
        Assert.False(WireGuardPublicKey.TryParse(text, out _));
        Assert.False(WireGuardSecret.TryParse(text, out _));
        Assert.DoesNotContain("xTIB", Assert.Throws<FormatException>(() => WireGuardSecret.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_shows_itself_in_no_text()
    {
        var text = $"{Private} {TwoPeers} {string.Join(' ', TwoPeers.Peers)} {WireGuardDiff.Between(Empty, TwoPeers)} {WireGuardDiff.Between(Empty, TwoPeers).Peers[0]} {After(Empty, WireGuardDiff.Between(Empty, TwoPeers))}";
        Assert.Contains("(secret)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("QJLSK2pt", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/UwcSPg3", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_of_the_same_bytes_are_equal()
    {
        var again = WireGuardSecret.Parse("QJLSK2ptMIiOB7VgLGTiqN2FvVQcpb4WVJGQIhPBfFQ=");
        Assert.Equal(Private, again);
        Assert.Equal(Private.GetHashCode(), again.GetHashCode());
        Assert.NotEqual(Private, Preshared);
        Assert.True(new WireGuardSecret(new byte[32]).IsNone);
        Assert.False(Private.IsNone);
    }
}
