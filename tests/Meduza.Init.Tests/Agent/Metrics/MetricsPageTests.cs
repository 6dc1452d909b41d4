using Meduza.Init.Agent.Metrics;
using Meduza.Init.Control;
using Meduza.Init.Tests.Cli;

namespace Meduza.Init.Tests.Agent.Metrics;

public class MetricsPageTests
{
    private static readonly DateTimeOffset Now = FakePid1.Now;

    /// <summary>One of everything.</summary>
    internal static MetricsPage Full { get; } = new()
    {
        Node = "gw-a",
        Now = Now,
        AgentStart = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250),
        InitMemory = 4_300_800,
        AgentMemory = 16_600_000,
        Report = Samples.Report(Samples.Commit()) with
        {
            OpenVpn = [new("office", "tun-office", "up", 0), new("home", "tun-home", "connecting", 0)],
            WireGuard =
            [
                new("mesh", "wg-mesh", "up", 0)
                {
                    Peers =
                    [
                        new("berlin", "192.0.2.1:51820", Now.AddSeconds(-12.5).ToUnixTimeMilliseconds(), 1_000_000, 2_000_000),
                        new("paris", "", 0, 0, 148),
                    ],
                },
            ],
            Neighbors =
            [
                new("bgp", "10.8.0.2", "Established", "") { IsUp = true, As = "65002", PrefixesReceived = 3, PrefixesSent = 2 },
                new("bgp", "10.8.0.6", "Active", "") { As = "65006" },
                new("ospf", "10.255.0.2", "Full/DR", "") { IsUp = true, Interface = "tnc0:10.255.0.1" },
            ],
            Warnings = [new("/nodes/gw-b/lan", "10.0.0.1/24 has host bits set: read as 10.0.0.0/24")],
        },
        Services = [Samples.Service("bgpd", ServiceStates.Failing, pid: 0) with { Component = "frr", Restarts = 5 }, Samples.Service("dnsmasq")],
        Downloads = [new("subscription", "main", IsFailing: true, Now.AddMinutes(-10).ToUnixTimeMilliseconds(), 51_234, Taken: 2, Unmodified: 7, Failed: 1)],
        Applies = Durations().Read(),
    };

    private static DurationHistogram Durations()
    {
        var durations = new DurationHistogram();
        durations.Observe(TimeSpan.FromMilliseconds(41.5));
        durations.Observe(TimeSpan.FromSeconds(3));
        return durations;
    }

    private static string Golden => Path.Combine(SourceFolder.Root, "tests/Meduza.Init.Tests/Agent/Metrics/metrics.txt");

    [Fact]
    public void The_exposition_is_the_one_that_promtool_has_accepted()
    {
        var text = Full.Text().Replace(BuildInfo.Version, "VERSION", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("MEDUZA_GOLDEN") == "write")
            File.WriteAllText(Golden, text);
        Assert.Equal(File.ReadAllText(Golden), text);
    }

    [Fact]
    public void Every_metric_of_the_list_is_told_in_its_order_and_with_its_labels()
    {
        var families = Exposition.Parse(Full.Text());
        Assert.Equal(
            GatewayMetrics.All.Select(metric => (metric.Name, metric.Kind.ToString().ToLowerInvariant(), metric.Help)),
            families.Select(family => (family.Name, family.Type, family.Help)));
        foreach (var (metric, family) in GatewayMetrics.All.Zip(families))
        {
            Assert.NotEmpty(family.Samples);
            if (metric.Kind != MetricKind.Histogram)
                Assert.All(family.Samples, sample => Assert.Equal(metric.Labels, sample.Labels.Select(label => label.Name)));
        }
    }

    [Fact]
    public void Names_have_base_units_and_the_prefix_and_no_label_is_one_that_a_scrape_sets()
    {
        string[] notBase = ["_ms", "_milliseconds", "_minutes", "_hours", "_kb", "_megabytes", "_percent"];
        Assert.All(GatewayMetrics.All, metric =>
        {
            Assert.StartsWith("meduza_", metric.Name, StringComparison.Ordinal);
            Assert.DoesNotContain(notBase, unit => metric.Name.Contains(unit, StringComparison.Ordinal));
            Assert.DoesNotContain(metric.Labels, label => label is "instance" or "job" or "le");
            Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Before_anything_is_known_it_is_an_exposition_too()
    {
        var families = Exposition.Parse(new MetricsPage { Node = "gw", Now = Now, AgentStart = Now, Applies = new DurationHistogram().Read() }.Text());
        Assert.Equal(0, families.Single(family => family.Name == "meduza_etcd_connected").Samples[0].Value);
        Assert.Empty(families.Single(family => family.Name == "meduza_commit_revision").Samples);
    }

    [Fact]
    public void What_keys_and_daemons_say_breaks_nothing()
    {
        const string Evil = "a\"} 1\nmeduza_evil 1\\";
        var families = Exposition.Parse((Full with
        {
            Report = Full.Report! with { Neighbors = [new("ospf", Evil, "Full/DR", "") { Interface = Evil }] },
            Services = [Samples.Service(Evil)],
        }).Text());
        Assert.Equal(GatewayMetrics.All.Length, families.Count);
        Assert.Equal(Evil, families.Single(family => family.Name == "meduza_ospf_neighbor_up").Samples[0].Labels[1].Value);
    }

    [Fact]
    public void A_clock_that_was_set_back_makes_no_age_negative()
    {
        var families = Exposition.Parse((Full with { Now = Now.AddDays(-1) }).Text());
        Assert.All(families.Where(family => family.Name.EndsWith("_age_seconds", StringComparison.Ordinal)), family => Assert.All(family.Samples, sample => Assert.Equal(0, sample.Value)));
    }
}
