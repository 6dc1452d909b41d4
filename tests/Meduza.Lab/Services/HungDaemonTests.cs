using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>A daemon whose process is there, with all its sockets, and does nothing any more.</summary>
public sealed class HungDaemonTests
{
    private const int SigStop = 19;

    [Fact]
    public void It_is_started_anew_and_nothing_else_is()
    {
        using var solo = SoloGateway.Start();
        string[] all = ["agent", "dnsmasq", "tinc", "zebra", "staticd", "ospfd", "bgpd", $"openvpn-{SoloGateway.OpenVpnName}"], hung = ["dnsmasq", "bgpd"];
        var before = all.ToDictionary(name => name, solo.Gateway.Service);

        foreach (var name in hung)
            solo.Gateway.Signal(name, SigStop);

        // 10 s and 70 s until it is known, and 10 more each until one that does not end is killed.
        foreach (var name in hung)
            solo.Init.WaitUntil(() => solo.Gateway.Service(name) is var service && IsReady(service) && Pid(service) != Pid(before[name]), $"another {name}", TimeSpan.FromMinutes(3));
        Assert.Contains("warning: dnsmasq: unhealthy: no answer at 127.0.0.1:53 (signal 9 (SIGKILL)); starting it again\n", solo.Init.Output, StringComparison.Ordinal);
        Assert.Contains("warning: bgpd: unhealthy: no answer at /run/frr/bgpd.vty (signal 9 (SIGKILL)); starting it again\n", solo.Init.Output, StringComparison.Ordinal);
        Assert.All(all.Except(hung), name => Assert.Equal(Pid(before[name]), Pid(solo.Gateway.Service(name))));
        solo.WaitUntilUp();
    }

    private static bool IsReady(JsonNode service) => (string?)service["state"] == "ready";

    private static int Pid(JsonNode service) => (int)service["pid"]!;
}
