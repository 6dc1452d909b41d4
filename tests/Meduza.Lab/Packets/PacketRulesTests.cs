using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Packets;

/// <summary>Mappings, forwards and the proxy's rules, from the key to the packet.</summary>
public sealed class PacketRulesTests : IDisposable
{
    private const string Node = "/nodes/gw/";

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;
    private readonly LanHost _host;

    public PacketRulesTests()
    {
        _gateway = _lab.AddGateway("gw");
        _host = _gateway.AddLan("10.1.0");
        _lab.Core.Ip($"route add 10.77.0.0/24 via {_gateway.Underlay}", $"route add 10.1.0.0/24 via {_gateway.Underlay}");
        _lab.Own(new Greeter(_host.Network, 80));
        _lab.Own(new Greeter(_lab.Core, 8000));
        _lab.Etcd.Put(("/global/mesh_type", "tinc"), (Node + "lan", "10.1.0.0/24"));
        _gateway.Start();
        Apply("base");
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Forwarded_port_is_there_with_its_commit_and_goes_with_it()
    {
        Assert.Equal(["portforward"], Apply("one", (Node + "portforward", "8080:10.1.0.2:80")).Changed);
        Assert.Equal("you are 10.1.0.1", Greeter.Ask(_lab.Core, _gateway.Underlay, 8080));
        Assert.Contains("--dport 8080", Tool("iptables", "-t", "nat", "-S", "MEDUZA_PORT_IN"), StringComparison.Ordinal);

        _lab.Etcd.Delete(Node + "portforward");
        Assert.Equal(["portforward"], Apply("none").Changed);
        Assert.Null(Greeter.Ask(_lab.Core, _gateway.Underlay, 8080));
        Assert.DoesNotContain("MEDUZA", Tool("nft", "list", "ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public void Mapped_network_is_seen_and_reached_as_the_other_one()
    {
        Assert.Equal("you are 10.1.0.2", Greeter.Ask(_host.Network, "192.0.2.1", 8000));
        Assert.Equal(["network_mapping"], Apply("map", (Node + "network_mapping/10.1.0.0/24", "10.77.0.0/24")).Changed);
        Assert.Equal("you are 10.77.0.2", Greeter.Ask(_host.Network, "192.0.2.1", 8000));
        Assert.Equal("you are 192.0.2.1", Greeter.Ask(_lab.Core, "10.77.0.2", 80));
    }

    [Fact]
    public void Same_keys_again_touch_nothing_and_a_neighbours_rules_are_left_alone()
    {
        Tool("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "eth9", "-j", "MASQUERADE");
        (string, string)[] keys = [(Node + "portforward", "8080:10.1.0.2:80"), (Node + "network_mapping/10.1.0.0/24", "10.77.0.0/24")];
        Apply("one", keys);
        var rules = Tool("nft", "-s", "-a", "list", "ruleset"); // -s: no counters, which count whatever passes
        Assert.Empty(Apply("same", keys).Changed);
        Assert.Equal(rules, Tool("nft", "-s", "-a", "list", "ruleset"));
        Assert.Contains("-A POSTROUTING -o eth9 -j MASQUERADE", Tool("iptables", "-t", "nat", "-S"), StringComparison.Ordinal);
    }

    [Fact]
    public void Flushed_rules_are_back_without_a_commit_also_when_they_went_while_the_agent_was_dead()
    {
        Apply("one", (Node + "portforward", "8080:10.1.0.2:80"));
        Tool("nft", "flush", "ruleset");
        _gateway.Init.WaitUntil(HasForward, "the rules are back");

        var agent = _gateway.Agent()!;
        Assert.True(Signals.Send(agent.HostPid, 9));
        Tool("iptables", "-t", "nat", "-F");
        _gateway.Init.WaitUntil(() => _gateway.Agent() is { } next && next.HostPid != agent.HostPid, "another agent");
        _gateway.Init.WaitUntil(HasForward, "the rules are back");
        Assert.Equal("you are 10.1.0.1", Greeter.Ask(_lab.Core, _gateway.Underlay, 8080));
    }

    [Fact]
    public void Nothing_is_sent_to_a_proxy_that_is_not_there()
    {
        _lab.Etcd.Put((Node + "clash/enable", "true"), (Node + "clash/mode", "tproxy"));
        // The machine has no mihomo, and the commit says so.
        var outcome = _lab.Commit("proxy", _gateway, timeout: TimeSpan.FromSeconds(60));
        Assert.Equal("degraded", outcome.Result);
        Assert.Contains("clash", outcome.Changed);
        Assert.DoesNotContain("CLASH_TPROXY", Tool("nft", "list", "ruleset"), StringComparison.Ordinal);
        Assert.DoesNotContain("lookup 100", Tool("ip", "rule"), StringComparison.Ordinal);
        Assert.Equal("you are 10.1.0.2", Greeter.Ask(_host.Network, "192.0.2.1", 8000));
    }

    [Fact]
    public void Bad_forward_rejects_the_commit_and_the_last_good_one_stays()
    {
        Apply("one", (Node + "portforward", "8080:10.1.0.2:80"));
        _lab.Etcd.Put((Node + "portforward", "8080:10.1.0.2:80\n8080:10.1.0.3:80"));
        var outcome = _lab.Commit("two", _gateway);
        Assert.Equal("rejected", outcome.Result);
        Assert.Equal(Node + "portforward", Assert.Single(outcome.Errors).Key);
        Assert.Equal("you are 10.1.0.1", Greeter.Ask(_lab.Core, _gateway.Underlay, 8080));
    }

    private bool HasForward() => Tool("nft", "list", "ruleset").Contains("MEDUZA_PORT_OUT", StringComparison.Ordinal)
        && _gateway.Network.Run("iptables", "-t", "nat", "-S", "MEDUZA_PORT_IN").Output.Contains("--dport 8080", StringComparison.Ordinal);

    private Outcome Apply(string commit, params IReadOnlyList<(string Key, string Value)> keys)
    {
        _lab.Etcd.Put(keys);
        var outcome = _lab.Commit(commit, _gateway, timeout: TimeSpan.FromSeconds(60));
        return outcome.Result == "applied" ? outcome : throw new LabException($"{commit}: {outcome}\n{_gateway.Init.Output}");
    }

    private string Tool(params IReadOnlyList<string> command)
    {
        var result = _gateway.Network.Run(command);
        return result.ExitCode == 0 ? result.Output : throw Must.Failed(command, result);
    }
}
