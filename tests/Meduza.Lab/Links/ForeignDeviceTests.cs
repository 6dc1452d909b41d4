using Meduza.Lab.Harness;

namespace Meduza.Lab.Links;

/// <summary>Somebody else's device has the name of one of ours.</summary>
public sealed class ForeignDeviceTests : IDisposable
{
    private const string Refused = "wg-link is a device that somebody else has made: delete or rename it, or set wireguard/link/dev to another name";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;

    public ForeignDeviceTests()
    {
        _gateway = _lab.AddGateway("gw-a");
        _lab.Etcd.Put(("/global/mesh_type", "tinc"));
        _lab.Etcd.Put(Keys("free", 51821, "10.9.1.1/24"));
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void A_device_of_another_kind_is_left_alone_until_it_goes_and_holds_nothing_else_up()
    {
        _gateway.Network.Ip("link add wg-link type bridge", "address add 10.77.0.1/24 dev wg-link");
        var before = Link();
        _gateway.Start();
        CommitIsDegraded();

        _gateway.Init.WaitUntil(() => _gateway.Network.Run("ip", "-brief", "address", "show", "wg-free").Output.Contains("10.9.1.1/24", StringComparison.Ordinal), "the other device", Limit);
        Assert.Equal(before, Link());
        Assert.DoesNotContain(_gateway.Daemons(), daemon => daemon.CommandLine.Contains("wg-link", StringComparison.Ordinal));
        Assert.Matches(@"link +wg-link +down", _gateway.Init.Meduza("status").Output);

        _gateway.Network.Ip("link delete wg-link");
        _lab.Events.WaitForCommit("gw-a", "first", "applied", Limit);
        Assert.Contains("10.9.0.1/24", Link(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_wireguard_go_of_that_name_is_told_nothing_and_ours_comes_once_the_other_is_renamed()
    {
        _gateway.Start();
        // In the gateway's own file system, where our applier would look for its socket.
        using var other = _gateway.Init.StartInside("wireguard-go", "-f", "wg-link");
        _gateway.Init.WaitUntil(() => Show("wg-link").Length > 0, "the other wireguard-go", Limit);
        CommitIsDegraded();
        Assert.DoesNotContain("peer:", Show("wg-link"), StringComparison.Ordinal);

        // It goes on under another name, and the socket's is free too.
        _gateway.Init.Run("rm", "/var/run/wireguard/wg-link.sock");
        _gateway.Network.Ip("link set wg-link name wg-other");
        _lab.Events.WaitForCommit("gw-a", "first", "applied", Limit);
        _gateway.Init.WaitUntil(() => Show("wg-link").Contains("peer:", StringComparison.Ordinal), "our own has its peer", Limit);
    }

    // The keys come with the commit: an agent that starts does not wait for one.
    private void CommitIsDegraded()
    {
        _lab.Etcd.Put(Keys("link", 51820, "10.9.0.1/24"));
        Assert.Contains(("wireguard/link", Refused), _lab.Commit("first", _gateway, "degraded", Limit).Errors);
    }

    private string Link() => _gateway.Network.Run("ip", "-brief", "address", "show", "wg-link").Output;

    private string Show(string device) => _gateway.Init.Run("wg", "show", device).Output;

    private static (string, string)[] Keys(string name, int port, string address) =>
    [
        .. new[]
        {
            ("enable", "true"), ("private_key", Must.Run(["wg", "genkey"]).Trim()), ("listen_port", $"{port}"), ("address", address),
            ("peer/other/public_key", Must.Run(["wg", "pubkey"], Must.Run(["wg", "genkey"])).Trim()), ("peer/other/allowed_ips", "10.9.0.2/32"),
        }.Select(k => ($"/nodes/gw-a/wireguard/{name}/{k.Item1}", k.Item2)),
    ];
}
