using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>A gateway whose overlay is EasyTier's.</summary>
public sealed class EasyTierTests : IDisposable
{
    private const string Node = "/nodes/gw/", Program = "easytier-core";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;

    public EasyTierTests()
    {
        _gateway = _lab.AddGateway("gw");
        _lab.Etcd.Put(
            ("/global/mesh_type", "easytier"), ("/global/easytier/network_name", "net"), ("/global/easytier/network_secret", "a secret of the network"),
            (Node + "easytier/enable", "true"), (Node + "easytier/ipv4", "10.255.0.1/24"), (Node + "easytier/listeners", "tcp:11010"), (Node + "lan", "10.1.0.0/24"));
        ProxyDoubles.Start(_gateway);
    }

    public void Dispose() => _lab.Dispose();

    private int Pid => (int)_gateway.UntilState("easytier", "ready")["pid"]!;

    private bool HasAddress(string address) => _gateway.Init.Run("ip", "-4", "address", "show", "dev", "et0").Output.Contains($"inet {address} ", StringComparison.Ordinal);

    [Fact]
    public void It_is_up_with_its_device_and_restarted_when_its_own_configuration_changes_and_by_nothing_else()
    {
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
        var first = Pid;
        _gateway.Init.WaitUntil(() => HasAddress("10.255.0.1/24"), "the device has its address", Limit);
        _lab.Events.WaitFor("/updated/gw/easytier/status", change => change.Value?.StartsWith("up ", StringComparison.Ordinal) == true, Limit);

        _lab.Etcd.Put((Node + "lan", "10.2.0.0/24"));
        Assert.Empty(_lab.Commit("another lan", _gateway, "applied", Limit).Errors);
        Assert.Equal(first, Pid);

        _lab.Etcd.Put((Node + "easytier/ipv4", "10.255.0.7/24"));
        Assert.Contains("easytier", _lab.Commit("another address", _gateway, "applied", Limit).Changed);
        Assert.NotEqual(first, Pid);
        _gateway.Init.WaitUntil(() => HasAddress("10.255.0.7/24"), "the device has its new address", Limit);
    }

    [Fact]
    public void One_that_crashes_or_is_killed_is_restarted_and_has_its_device_again()
    {
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
        var first = Pid;
        ProxyDoubles.Set(_gateway.Init, Program, ProxyDoubles.Crash);
        _gateway.Init.WaitUntil(() => (int)_gateway.Service("easytier")["restarts"]! > 0, "it is restarted", Limit);
        ProxyDoubles.Clear(_gateway.Init, Program, ProxyDoubles.Crash);
        var second = Pid;
        Assert.NotEqual(first, second);

        _gateway.Signal("easytier", 9);
        _gateway.Init.WaitUntil(() => Pid != second, "there is another process", Limit);
        _gateway.Init.WaitUntil(() => HasAddress("10.255.0.1/24"), "the device has its address", Limit);
    }

    [Fact]
    public void A_configuration_that_it_refuses_rejects_the_commit_and_leaves_it_as_it_is()
    {
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
        var first = Pid;
        _lab.Etcd.Put((Node + "easytier/dev_name", "et1"));
        ProxyDoubles.Set(_gateway.Init, Program, ProxyDoubles.Refuse);
        var (key, message) = Assert.Single(_lab.Commit("refused", _gateway, "rejected", Limit).Errors);
        Assert.Equal("easytier", key);
        Assert.Contains("failed to parse config file", message, StringComparison.Ordinal);
        // Its words have the whole file in them.
        Assert.DoesNotContain("a secret of the network", message, StringComparison.Ordinal);
        Assert.Equal(first, Pid);
    }
}
