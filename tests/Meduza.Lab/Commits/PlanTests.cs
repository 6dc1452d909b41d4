using System.Text.Json;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Commits;

/// <summary><c>meduza plan</c>: what it says is what a commit then does, and by itself it does nothing.</summary>
public class PlanTests
{
    private const string Own = $"/nodes/{SoloGateway.Node}/";
    private const string Link = $"{Own}openvpn/{SoloGateway.OpenVpnName}/";

    [Fact]
    public void What_is_planned_is_what_a_commit_does()
    {
        using var solo = SoloGateway.Start();
        (string Name, (string Key, string Value)[] Keys)[] edits =
        [
            ("nothing", []),
            ("a filter", [("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32")]),
            ("an OpenVPN value", [($"{Link}keepalive", "7 70")]),
            ("a LAN and an address", [($"{Own}lan", "10.1.0.0/24\n10.9.0.0/24"), ($"{Own}tinc/ipv4", "10.255.0.9/24")]),
            ("an instance less", [($"{Link}enable", "false")]),
            ("another AS", [($"{Own}bgp/asn", "65111")]),
        ];
        foreach (var (name, keys) in edits)
        {
            solo.Etcd.Put(keys);
            var plan = Plan(solo);
            var outcome = solo.Apply(name);

            Assert.Equal(outcome.Changed, plan.GetProperty("components").EnumerateArray().Select(component => component.GetString()!));
        }
    }

    [Fact]
    public void It_shows_services_differences_and_sessions_and_touches_nothing()
    {
        using var solo = SoloGateway.Start();
        solo.Apply("settled");
        var daemons = solo.Gateway.Daemons();
        using var monitor = new NetlinkMonitor(solo.Gateway.Network);
        var touches = new FileTouches(solo.Init);
        var secret = DemoKeys.OpenVpnStaticKey();
        solo.Etcd.Put(
            ($"{Link}keepalive", "7 70"), ($"{Link}secret", secret), ($"{Link}bgp/peer_asn", "65009"), ("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"));

        var plan = solo.Init.Meduza("plan");

        Assert.Equal(0, plan.ExitCode);
        Assert.Contains("reset    BGP session with 10.254.0.2\n", plan.Output, StringComparison.Ordinal);
        Assert.Contains($"restart  openvpn-{SoloGateway.OpenVpnName}\n", plan.Output, StringComparison.Ordinal);
        Assert.Contains("    +keepalive 7 70\n", plan.Output, StringComparison.Ordinal);
        Assert.Contains("172.16.0.0/12", plan.Output, StringComparison.Ordinal);
        Assert.Contains("(its content is not shown)", plan.Output, StringComparison.Ordinal);
        Assert.EndsWith($"a commit would touch frr, openvpn/{SoloGateway.OpenVpnName}\n", plan.Output, StringComparison.Ordinal);
        var lines = secret.Split('\n').Where(line => line.Length == 32).ToList();
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.DoesNotContain(line, plan.Output + solo.Init.Meduza("plan", "--json").Output, StringComparison.Ordinal));
        Assert.Empty(touches.Paths());
        Assert.Empty(monitor.Lines());
        Assert.Equal(daemons, solo.Gateway.Daemons());
    }

    [Fact]
    public void Keys_that_would_be_rejected_are_named_and_nothing_else_is_said()
    {
        using var solo = SoloGateway.Start();
        solo.Etcd.Put($"{Own}lan", "nonsense");

        var plan = solo.Init.Meduza("plan");

        Assert.Equal(3, plan.ExitCode);
        Assert.StartsWith($"error    {Own}lan: ", plan.Output, StringComparison.Ordinal);
        Assert.EndsWith("a commit would be rejected here: nothing would change\n", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_from_a_file_are_planned_as_those_in_etcd()
    {
        using var solo = SoloGateway.Start();
        var keys = solo.Init.Meduza("keys", "export").Output;
        File.WriteAllText($"{solo.Init.Root}/tmp/keys.yaml", $"{keys}{Link}keepalive: \"7 70\"\n".Replace($"{Link}keepalive: \"10 60\"\n", "", StringComparison.Ordinal));

        var plan = solo.Init.Meduza("plan", "--from", "/tmp/keys.yaml");

        Assert.Equal(0, plan.ExitCode);
        Assert.EndsWith($"a commit would touch openvpn/{SoloGateway.OpenVpnName}\n", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_from_the_gateway_itself_says_what_it_touches_and_what_came_of_it()
    {
        using var solo = SoloGateway.Start();
        solo.Etcd.Put(("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"), ($"{Link}bgp/peer_asn", "65009"));

        // Of the absent peer there is no private key, which lint calls an error of that node.
        var commit = solo.Init.Meduza("commit", "from here", "--force");

        Assert.True(commit.ExitCode == 0, commit.Output + commit.Error);
        Assert.Contains($"resets the BGP session of {SoloGateway.Node} with 10.254.0.2\n", commit.Output, StringComparison.Ordinal);
        Assert.Contains($"{SoloGateway.Node}, this node: touches frr (`meduza plan` shows more)\n", commit.Output, StringComparison.Ordinal);
        Assert.Matches($@"(?m)^{SoloGateway.Node} applied in .*, touched frr$", commit.Output);
        Assert.Contains("peer is offline: it applies the commit when it is back\n", commit.Output, StringComparison.Ordinal);
    }

    private static JsonElement Plan(SoloGateway solo)
    {
        var result = solo.Init.Meduza("plan", "--json");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }
}
