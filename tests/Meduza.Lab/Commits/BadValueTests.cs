using Meduza.Lab.Harness;

namespace Meduza.Lab.Commits;

public class BadValueTests
{
    private const string Node = $"/nodes/{SoloGateway.Node}";

    [Fact]
    public void A_bad_value_rejects_the_commit_whole_and_the_next_good_one_applies()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        var touches = new FileTouches(solo.Init);

        var rejected = solo.Commit(
            "bad", ($"{Node}/tinc/port", "99999"), ($"{Node}/lan", "10.1.0.0/24\n10.9.0.0/24"), ("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"));

        Assert.Equal("rejected", rejected.Result);
        Assert.Equal([$"{Node}/tinc/port"], rejected.Errors.Select(e => e.Key));
        Assert.Empty(rejected.Changed);
        Assert.Empty(touches.Paths());
        Assert.Equal(daemons, solo.Gateway.Daemons());
        Assert.DoesNotContain("172.16.0.0/12", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);

        var applied = solo.Apply("good", ($"{Node}/tinc/port", "655"));
        Assert.Equal(["frr"], applied.Changed);
        Assert.Equal(daemons, solo.Gateway.Daemons());
        Assert.Contains("172.16.0.0/12", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_break_in_a_value_is_refused_by_every_renderer()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        (string Key, string Good, string Bad)[] values =
        [
            ($"{Node}/openvpn/link/dev", "tun-link", "tun-link\nup /bin/sh"),
            ($"{Node}/openvpn/link/cipher", "AES-256-CBC", "AES-256-CBC\nscript-security 2"),
            ($"{Node}/openvpn/link/ifconfig", "10.254.0.1 10.254.0.2", "10.254.0.1 10.254.0.2\rup /bin/sh"),
            ($"{Node}/openvpn/link/bgp/update_source", "tun-link", "tun-link\n neighbor 192.0.2.9 remote-as 1"),
            ($"{Node}/bgp/router_id", "10.255.0.1", "10.255.0.1\n!\nlog file /etc/passwd"),
            ($"{Node}/tinc/address", "192.0.2.11", "192.0.2.11\nConnectTo = evil"),
            ($"{Node}/tinc/name", "gw", "gw\nDevice = /dev/null"),
        ];
        var touches = new FileTouches(solo.Init);
        foreach (var (key, good, bad) in values)
        {
            var outcome = solo.Commit($"break in {key}", (key, bad));
            Assert.True(outcome.Result == "rejected", $"{key}: {outcome}");
            Assert.Equal([key], outcome.Errors.Select(e => e.Key));
            solo.Etcd.Put(key, good);
        }
        Assert.Empty(touches.Paths());
        Assert.Equal(daemons, solo.Gateway.Daemons());
    }

    [Fact]
    public void A_value_that_is_not_text_is_refused_like_any_other()
    {
        using var solo = SoloGateway.Start();
        solo.Etcd.PutBytes($"{Node}/tinc/address", [0x31, 0xff, 0xfe]);
        var outcome = solo.Commit("not text");
        Assert.Equal("rejected", outcome.Result);
        Assert.Equal([$"{Node}/tinc/address"], outcome.Errors.Select(e => e.Key));
    }

    [Fact]
    public void A_secret_that_is_refused_is_not_repeated_anywhere()
    {
        using var solo = SoloGateway.Start();
        var outcome = solo.Commit("bad secret", ($"{Node}/openvpn/link/secret", "hunter2-is-not-a-key"));
        Assert.Equal("rejected", outcome.Result);
        Assert.Equal([$"{Node}/openvpn/link/secret"], outcome.Errors.Select(e => e.Key));
        Assert.DoesNotContain("hunter2", outcome.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", solo.Init.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", solo.Init.Meduza("status", "--json").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_nodes_bad_keys_do_not_stop_this_one()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        var outcome = solo.Apply(
            "the peer is broken",
            ("/nodes/peer/tinc/public_key", "not a key"), ("/nodes/peer/tinc/ipv4", "10.255.0.999/24"), ("/nodes/peer/lan", "nonsense"),
            ("/nodes/other/openvpn/x/dev", "tun0\nup /bin/sh"),
            ("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"));
        Assert.Contains("frr", outcome.Changed);
        Assert.Equal(daemons, solo.Gateway.Daemons());
        Assert.Contains("/nodes/peer/tinc/public_key", solo.Init.Meduza("status", "--json").Output, StringComparison.Ordinal);
    }
}
