using System.Text.Json;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class StatusVerbTests
{
    [Fact]
    public async Task All_up_is_exit_code_0()
    {
        using var pid1 = new FakePid1(Samples.Healthy);
        var result = await pid1.AskAsync("status");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.StartsWith("node    gw-a", result.Output, StringComparison.Ordinal);
        Assert.Equal(Verbs.Status, pid1.Request.Verb);
    }

    [Fact]
    public async Task A_oneshot_that_completed_is_up()
    {
        using var pid1 = new FakePid1(Samples.Healthy with { Services = [Samples.Service("load", ServiceStates.Completed, pid: 0)] });
        Assert.Equal(0, (await pid1.AskAsync("status")).Code);
        Assert.Equal(0, (await pid1.AskAsync("status", "load")).Code);
    }

    private static readonly Dictionary<string, ControlReply> NotAllUp = new()
    {
        ["a service waits"] = Samples.Healthy with { Services = [Samples.Service("bgpd", ServiceStates.Waiting)] },
        ["a service was stopped"] = Samples.Healthy with { Services = [Samples.Service("bgpd", ServiceStates.Down)] },
        ["degraded"] = Samples.Healthy with { Report = Samples.Report(Samples.Commit("degraded")) },
        ["rejected"] = Samples.Healthy with { Report = Samples.Report(Samples.Commit("rejected")) },
        ["no port for probes"] = Samples.Healthy with { Report = Samples.Report(Samples.Commit()) with { HealthPort = new(8080, false, "TCP port 8080 cannot be opened") } },
        ["no commit"] = Samples.Healthy with { Report = Samples.Report(null) },
        ["no report"] = Samples.Healthy with { Report = null },
    };

    public static TheoryData<string> Reasons => [.. NotAllUp.Keys];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Anything_not_up_is_exit_code_3(string because)
    {
        using var pid1 = new FakePid1(NotAllUp[because]);
        var result = await pid1.AskAsync("status");
        Assert.Equal(3, result.Code);
        var json = await pid1.AskAsync("status", "--json");
        Assert.Equal(3, json.Code);
        Assert.False(JsonDocument.Parse(json.Output).RootElement.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Quiet_is_the_exit_code_and_nothing_else()
    {
        using var healthy = new FakePid1(Samples.Healthy);
        using var troubled = new FakePid1(Samples.Troubled);
        Assert.Equal(new(0, "", ""), await healthy.AskAsync("status", "--quiet"));
        Assert.Equal(new(3, "", ""), await troubled.AskAsync("status", "-q"));
        Assert.Equal(new(0, "", ""), await troubled.AskAsync("status", "agent", "-q"));
    }

    [Fact]
    public async Task Json_has_the_stable_fields_and_no_definition()
    {
        using var pid1 = new FakePid1(Samples.Troubled);
        var json = JsonDocument.Parse((await pid1.AskAsync("status", "--json")).Output).RootElement;
        Assert.Equal("gw-a", json.GetProperty("node").GetString());
        Assert.False(json.GetProperty("etcd").GetProperty("connected").GetBoolean());
        Assert.Equal("degraded", json.GetProperty("commit").GetProperty("result").GetString());
        Assert.Equal(41.3, json.GetProperty("commit").GetProperty("duration_ms").GetDouble());
        var bgpd = json.GetProperty("services")[1];
        Assert.Equal("bgpd", bgpd.GetProperty("name").GetString());
        Assert.Equal("failing", bgpd.GetProperty("state").GetString());
        Assert.Equal(5, bgpd.GetProperty("restarts").GetInt32());
        Assert.Equal("signal 11 (SIGSEGV)", bgpd.GetProperty("last_exit").GetString());
        Assert.Equal("office", json.GetProperty("openvpn")[0].GetProperty("name").GetString());
        Assert.Equal("Established", json.GetProperty("neighbors")[0].GetProperty("state").GetString());
        Assert.Equal("/nodes/gw-b/lan", json.GetProperty("warnings")[0].GetProperty("key").GetString());
        Assert.DoesNotContain("hunter2", json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_service_is_judged_alone()
    {
        using var pid1 = new FakePid1(Samples.Troubled);
        var ready = await pid1.AskAsync("status", "agent");
        Assert.Equal("SERVICE  STATE  PID  UPTIME\nagent    ready  12   3m12s\n", ready.Output);
        Assert.Equal(0, ready.Code);
        Assert.Equal(3, (await pid1.AskAsync("status", "bgpd")).Code);
        var json = JsonDocument.Parse((await pid1.AskAsync("status", "mosdns", "--json")).Output).RootElement;
        Assert.Equal("mihomo to be ready", json.GetProperty("waiting_for").GetString());
    }

    [Fact]
    public async Task Unknown_service_is_told_with_those_that_there_are()
    {
        using var pid1 = new FakePid1(Samples.Troubled);
        var result = await pid1.AskAsync("status", "bgp");
        Assert.Equal("meduza: no service 'bgp': there are agent, bgpd, mosdns\n", result.Error);
        Assert.Equal(1, result.Code);
    }
}
