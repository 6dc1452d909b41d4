using Meduza.Init.Tests.Agent.Metrics;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>The metrics of a live gateway, as curl gets them.</summary>
public sealed class MetricsTests
{
    private const string Address = "127.0.0.1:9470";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The value of the one sample of that name whose labels have that value among them; null where there is none.</summary>
    private static double? Value(PidOne init, string name, string? label = null)
    {
        var answer = init.Run("curl", "-s", "--max-time", "20", $"http://{Address}/metrics");
        if (answer.ExitCode != 0)
            return null;
        return Exposition.Parse(answer.Output).SelectMany(family => family.Samples)
            .SingleOrDefault(sample => sample.Name == name && (label is null || sample.Labels.Any(l => l.Value == label)))?.Value;
    }

    [Fact]
    public void A_live_gateway_tells_of_its_services_commit_links_and_memory_and_its_next_agent_does_too()
    {
        using var solo = SoloGateway.Start([$"METRICS_LISTEN={Address}"]);
        var init = solo.Init;
        var head = init.Run("curl", "-sI", $"http://{Address}/metrics");
        Assert.StartsWith("HTTP/1.1 200 OK", head.Output, StringComparison.Ordinal);
        Assert.Contains("text/plain; version=0.0.4", head.Output, StringComparison.Ordinal);

        foreach (var service in (string[])["dnsmasq", "tinc", "zebra", "bgpd", "ospfd", $"openvpn-{SoloGateway.OpenVpnName}"])
            Assert.Equal(1, Value(init, "meduza_service_up", service));
        Assert.Equal(1, Value(init, "meduza_commit_result", "applied"));
        Assert.Equal(0, Value(init, "meduza_commit_result", "rejected"));
        Assert.Equal(1, Value(init, "meduza_etcd_connected"));
        Assert.Equal(1, Value(init, "meduza_openvpn_up", SoloGateway.OpenVpnName));
        Assert.Equal(1, Value(init, "meduza_apply_duration_seconds_count"));
        Assert.InRange(Value(init, "meduza_process_resident_memory_bytes", "init")!.Value, 1e6, 100e6);
        Assert.InRange(Value(init, "meduza_process_resident_memory_bytes", "agent")!.Value, 1e6, 200e6);
        // Nobody is at the other end.
        init.WaitUntil(() => Value(init, "meduza_bgp_peer_up", "10.254.0.2") == 0, "the BGP peer is known", Limit);

        var revision = Value(init, "meduza_commit_revision")!.Value;
        solo.Apply("second");
        init.WaitUntil(() => Value(init, "meduza_commit_revision") > revision, "the next commit is told", Limit);

        Assert.Equal(0, Value(init, "meduza_service_restarts_total", "dnsmasq"));
        solo.Gateway.Signal("dnsmasq", 9);
        init.WaitUntil(() => Value(init, "meduza_service_restarts_total", "dnsmasq") == 1 && Value(init, "meduza_service_up", "dnsmasq") == 1, "the restart is counted", Limit);

        var start = Value(init, "meduza_agent_start_time_seconds");
        solo.Gateway.Signal("agent", 9);
        init.WaitUntil(() => Value(init, "meduza_agent_start_time_seconds") is { } next && next != start, "the next agent serves them", Limit);
        init.WaitUntil(() => Value(init, "meduza_commit_result", "applied") == 1, "the next agent knows the commit", Limit);
    }

    [Fact]
    public void An_address_that_is_none_serves_no_metrics_and_stops_nothing_else()
    {
        using var lab = LabNetwork.Create();
        var gateway = lab.AddGateway("gw");
        lab.Etcd.Put(("/global/mesh_type", "tinc"), ("/nodes/gw/dnsmasq/enable", "true"));
        gateway.Start(["METRICS_LISTEN=9470"]);
        Assert.Empty(lab.Commit("first", gateway, "applied", Limit).Errors);
        gateway.Init.WaitUntil(
            () => gateway.Init.Meduza("status").Output is var status && status.Contains("METRICS_LISTEN", StringComparison.Ordinal)
                && status.Contains("'9470' is no address with a port, so no metrics are served", StringComparison.Ordinal),
            "status says why", Limit);
        Assert.Equal(7, gateway.Init.Run("curl", "-s", $"http://{Address}/metrics").ExitCode); // nobody listens
    }
}
