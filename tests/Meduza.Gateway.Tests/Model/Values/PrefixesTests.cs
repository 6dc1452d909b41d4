using System.Net;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Tests.Model.Values;

public sealed class PrefixesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("10.0.0.0/24", "10.0.0.0/24")]
    [InlineData("10.0.1.0/24 10.0.0.0/24", "10.0.0.0/23")]
    [InlineData("10.0.1.0/24 10.0.2.0/24", "10.0.1.0/24 10.0.2.0/24")]
    [InlineData("10.0.0.0/24 10.0.0.128/25 10.0.0.0/25", "10.0.0.0/24")]
    [InlineData("10.0.0.0/25 10.0.0.128/26 10.0.0.192/26 10.0.1.0/24", "10.0.0.0/23")]
    [InlineData("0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0")]
    [InlineData("10.0.0.0/0", "0.0.0.0/0")]
    [InlineData("10.0.0.1/32 10.0.0.0/32 10.0.0.3/32", "10.0.0.0/31 10.0.0.3/32")]
    public void Networks_become_the_fewest_that_hold_the_same_addresses(string given, string expected) =>
        Assert.Equal(expected, string.Join(' ', Prefixes.Merge(Parse(given))));

    [Fact]
    public void Halves_of_different_lengths_or_families_are_never_one()
    {
        Prefix[] networks = [.. Parse("10.0.0.0/24 10.0.1.0/25"), Prefix.Of(IPAddress.IPv6Any, 24), Prefix.Of(IPAddress.Any, 24)];
        Assert.Equal(networks.Order(), Prefixes.Merge(networks));
    }

    [Fact]
    public void Whatever_is_given_in_whatever_order_no_address_is_lost_and_none_comes()
    {
        var random = new Random(20261126);
        for (var round = 0; round < 500; round++)
        {
            var networks = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Prefix.Of(Address(random), random.Next(24, 33))).ToArray();
            var merged = Prefixes.Merge(networks);
            for (var last = 0; last < 256; last++)
            {
                var address = new IPAddress([10, 0, 0, (byte)last]);
                Assert.Equal(networks.Any(n => n.Contains(address)), merged.Any(n => n.Contains(address)));
            }
            random.Shuffle(networks);
            Assert.Equal(merged, Prefixes.Merge(networks));
            Assert.Equal(merged, Prefixes.Merge(merged));
        }
    }

    private static IPAddress Address(Random random) => new([10, 0, 0, (byte)random.Next(256)]);

    private static IEnumerable<Prefix> Parse(string networks) => networks
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(text => Prefix.TryParse(text, out var prefix, out _) ? prefix : throw new FormatException(text));
}
