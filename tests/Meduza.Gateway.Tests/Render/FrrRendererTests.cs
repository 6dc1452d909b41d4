using System.Text;

namespace Meduza.Gateway.Tests.Render;

public sealed class FrrRendererTests
{
    private static string[] Bgpd(KeySet keys) => Encoding.UTF8
        .GetString(keys.Render("gw-b").Files.Single(file => file.Path == "/run/frr/meduza/bgpd.conf").Content.Span)
        .Split('\n');

    [Theory]
    [InlineData("gw-0")]
    [InlineData("gw-ab")]
    [InlineData("gw-z")]
    public void Another_nodes_private_network_is_one_line_more_wherever_it_stands_among_the_others(string node)
    {
        var (before, after) = (Bgpd(Fleet.Keys), Bgpd(Fleet.Keys.With($"/nodes/{node}/private_lan", "10.99.15.0/24")));
        Assert.Equal([$"ip prefix-list MEDUZA-PRIVATE seq {(10 << 24) + (99 << 16) + (15 << 8)} permit 10.99.15.0/24 le 32"], after.Except(before));
        Assert.Empty(before.Except(after));
    }

    [Fact]
    public void A_thousand_nodes_private_networks_side_by_side_are_a_handful_of_lines()
    {
        var keys = Enumerable.Range(0, 1000).Aggregate(Fleet.Keys, (keys, n) => keys.With($"/nodes/n{n}/private_lan", $"172.{16 + n / 256}.{n % 256}.0/24"));
        var lines = Bgpd(keys).Where(line => line.StartsWith("ip prefix-list MEDUZA-PRIVATE", StringComparison.Ordinal)).ToList();
        Assert.Equal(2 + 6, lines.Count);
        Assert.Equal($"ip prefix-list MEDUZA-PRIVATE seq {(172L << 24) + (16 << 16)} permit 172.16.0.0/15 le 32", lines[2]);
    }
}
