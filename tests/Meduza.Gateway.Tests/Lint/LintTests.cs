using Meduza.Gateway.Lint;

namespace Meduza.Gateway.Tests.Lint;

/// <summary>What is said about a fleet as a whole.</summary>
public sealed class LintTests
{
    [Fact]
    public void Good_fleet_has_no_errors_and_no_warnings_between_nodes()
    {
        var report = FleetLint.Check(Fleets.Tinc.Snapshot);
        Assert.Equal(["gw-a", "gw-b", "gw-c"], report.Nodes);
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Every_nodes_own_errors_and_warnings_are_there_once()
    {
        var report = FleetLint.Check(Fleets.Tinc.With("/nodes/gw-a/tinc/port", "0").With("/nodes/gw-b/lan", "10.1.0.1/24").With("/global/bgp/filter/in", "allow all").Snapshot);
        Assert.True(report.HasErrors);
        Assert.Equal(["/nodes/gw-a/tinc/port"], report.Findings.Where(f => f.IsError).Select(f => f.Keys[0]));
        Assert.Equal(["/global/bgp/filter/in", "/nodes/gw-b/lan"], report.Findings.Where(f => !f.IsError).Select(f => f.Keys[0]));
    }

    [Fact]
    public void Unknown_keys_are_warnings_with_the_nearest_known_one()
    {
        var report = FleetLint.Check(Fleets.Tinc.With("/nodes/gw-a/tinc/prot", "1").With("/node/gw-a/lan", "10.9.0.0/24").With("/elsewhere/x", "1").With("/updated/gw-a/online", "1").Snapshot);
        Assert.False(report.HasErrors);
        var messages = report.Findings.ToDictionary(f => f.Keys[0], f => f.Message);
        Assert.Equal(["/elsewhere/x", "/node/gw-a/lan", "/nodes/gw-a/tinc/prot"], messages.Keys.Order());
        Assert.Contains("did you mean /nodes/gw-a/tinc/port?", messages["/nodes/gw-a/tinc/prot"], StringComparison.Ordinal);
        Assert.Contains("did you mean /nodes/gw-a/lan?", messages["/node/gw-a/lan"], StringComparison.Ordinal);
        Assert.DoesNotContain("did you mean", messages["/elsewhere/x"], StringComparison.Ordinal);
    }

    [Fact]
    public void Error_of_a_global_key_at_one_node_is_not_a_warning_of_the_others_too()
    {
        var keys = Fleets.Tinc.With("/nodes/gw-a/", ("bgp/enable", "true"), ("bgp/asn", "65001")).With("/global/bgp/filter/in", "allow all");
        var finding = Assert.Single(FleetLint.Check(keys.Snapshot).Findings, f => f.Keys[0] == "/global/bgp/filter/in");
        Assert.True(finding.IsError);
    }

    [Fact]
    public void Two_parts_of_a_node_with_one_device_are_an_error()
    {
        var report = FleetLint.Check(Fleets.WireGuard.With("/nodes/gw-a/wireguard/other/", ("enable", "true"), ("dev", "wg-link"), ("private_key", Fleets.Key(9))).Snapshot);
        Assert.Contains(report.Findings, f => f.IsError && f.Keys[0] == "/nodes/gw-a/wireguard/other/dev");
    }

    [Fact]
    public void No_keys_are_no_findings()
    {
        var report = FleetLint.Check(KeySet.Empty.Snapshot);
        Assert.Empty(report.Nodes);
        Assert.Empty(report.Findings);
    }

    [Fact]
    public void Node_whose_name_is_none_is_an_error()
    {
        var report = FleetLint.Check(Fleets.Tinc.With("/nodes/bad name/lan", "10.9.0.0/24").Snapshot);
        Assert.Contains(report.Findings, f => f.IsError && f.Message.Contains("bad name", StringComparison.Ordinal));
    }
}
