using System.Text.Json.Nodes;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>An OpenVPN link is ready when its other end is there, and until then it is nobody's fault.</summary>
public sealed class OpenVpnTests : IDisposable
{
    private const string Service = "openvpn-link";
    private const string StatusKey = "/updated/gw/openvpn/link/status";

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly string _secret = DemoKeys.OpenVpnStaticKey();
    private readonly Gateway _gateway;

    public OpenVpnTests()
    {
        _gateway = _lab.AddGateway("gw");
        _gateway.AddLan("10.1.0");
        _lab.Etcd.Put(
        [
            ("/global/mesh_type", "tinc"),
            .. DemoKeys.Node("gw", "10.1.0.0/24", "10.255.0.1"),
            .. DemoKeys.OpenVpn("gw", "link", "192.0.2.1", "10.254.0.1", "10.254.0.2", 65003, _secret, keepalive: "1 4"),
        ]);
        _gateway.Start();
    }

    public void Dispose() => _lab.Dispose();

    private OpenVpnPeer OtherEnd() => new(_lab, _lab.Core, _gateway.Underlay, "10.254.0.2", "10.254.0.1", _secret);

    [Fact]
    public void Commit_is_applied_without_the_other_end_and_the_link_is_up_when_it_comes()
    {
        Assert.Equal("applied", _lab.Commit("first", _gateway, timeout: TimeSpan.FromSeconds(60)).Result);
        _gateway.UntilState(Service, "starting", "its other end");
        Assert.Equal(3, _gateway.Init.Meduza("status", "--quiet").ExitCode);
        Assert.StartsWith("connecting ", _lab.Etcd.Get(StatusKey), StringComparison.Ordinal);
        var pid = (int)_gateway.Service(Service)["pid"]!;

        var peer = OtherEnd();
        _gateway.WaitUntilUp(TimeSpan.FromSeconds(60));

        // It goes away, and the process stays and waits for it again.
        peer.Dispose();
        _gateway.UntilState(Service, "unhealthy", "its other end");
        _lab.Events.WaitFor(StatusKey, e => e.Value?.StartsWith("connecting ", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(60));
        Assert.Equal(3, _gateway.Init.Meduza("status", "--quiet").ExitCode);

        using var again = OtherEnd();
        _gateway.WaitUntilUp(TimeSpan.FromSeconds(60));
        var after = _gateway.Service(Service);
        Assert.Equal((pid, 0), ((int)after["pid"]!, (int)after["restarts"]!));
    }

    [Fact]
    public void Another_agent_finds_a_link_that_is_up_and_one_that_is_not_and_each_stays_so()
    {
        _lab.Etcd.Put(DemoKeys.OpenVpn("gw", "lonely", "192.0.2.99", "10.254.1.1", "10.254.1.2", 65004, _secret, port: 1195));
        Assert.Equal("applied", _lab.Commit("first", _gateway, timeout: TimeSpan.FromSeconds(60)).Result);
        using var peer = OtherEnd();
        var link = _gateway.UntilState(Service, "ready");
        var agent = _gateway.Agent()!;

        Linux.Process.Signals.Send(agent.HostPid, 9);
        _gateway.Init.WaitUntil(() => _gateway.Agent() is { } next && next.HostPid != agent.HostPid, "another agent");
        // It has looked at everything when it answers this; that is a failure as long as it has no etcd.
        _gateway.Init.WaitUntil(() => _gateway.Init.Meduza("reconcile", "--wait").ExitCode == 0, "it has looked at everything");

        foreach (var (name, state) in new[] { (Service, "ready"), ("openvpn-lonely", "starting") })
            Assert.Equal(state, (string?)_gateway.Service(name)["state"]);
        Assert.Equal((int)link["pid"]!, (int)_gateway.Service(Service)["pid"]!);
        _gateway.Init.WaitUntil(
            () => JsonNode.Parse(_gateway.Init.Meduza("status", "--json").Output)!["openvpn"]!.AsArray().Any(row => (string?)row!["state"] == "up"),
            "the link is up for the new agent too");
        Assert.Equal("ready", (string?)_gateway.Service(Service)["state"]);
    }
}
