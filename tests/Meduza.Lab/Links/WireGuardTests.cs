using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Links;

/// <summary>Two gateways joined by WireGuard, from the keys to the ping; here the kernel has none, so wireguard-go does it.</summary>
public sealed class WireGuardTests : IDisposable
{
    private const string Wire = "wireguard/link/";

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _a;
    private readonly Gateway _b;
    private readonly (string Private, string Public) _keyA = WireGuardKeys.New();
    private readonly (string Private, string Public) _keyB = WireGuardKeys.New();

    public WireGuardTests()
    {
        _a = _lab.AddGateway("gw-a");
        _b = _lab.AddGateway("gw-b");
        _lab.Etcd.Put(("/global/mesh_type", "tinc"));
        _lab.Etcd.Put(Keys(_a, "10.9.0.1/24", _keyA.Private, _keyB.Public, "10.9.0.2/32", _b.Underlay));
        _lab.Etcd.Put(Keys(_b, "10.9.0.2/24", _keyB.Private, _keyA.Public, "10.9.0.1/32", _a.Underlay));
        // A short interval, so that a test need not wait for the state.
        _a.Start(["WIREGUARD_STATUS_INTERVAL=5"]);
        // One end as root, the other as a user of its own: each bounded to what it needs.
        _b.Start(["WIREGUARD_STATUS_INTERVAL=5"], ServiceUsers.Prepare);
        _lab.Etcd.Commit("first");
        foreach (var gateway in _lab.Gateways)
            _lab.Events.WaitForCommit(gateway.Name, "first", "applied", TimeSpan.FromSeconds(60));
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void Devices_shake_hands_are_up_and_a_changed_peer_touches_nothing_else()
    {
        PingUntilAnswered();
        foreach (var gateway in _lab.Gateways)
            _lab.Events.WaitFor($"/updated/{gateway.Name}/wireguard/link/status", e => e.Value?.StartsWith("up ", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(60));
        Assert.Contains("mtu 1380", _a.Network.Run("ip", "link", "show", "wg-link").Output, StringComparison.Ordinal);

        Assert.All(_lab.Gateways, gateway => Assert.Contains("wireguard-go", Security.HeldPrivileges.AreThoseOfTheTable(gateway)));

        var status = JsonNode.Parse(_a.Init.Meduza("status", "--json").Output)!["wireguard"]![0]!;
        Assert.Equal(("link", "wg-link", "up"), ((string?)status["name"], (string?)status["device"], (string?)status["state"]));
        var peer = status["peers"]![0]!;
        Assert.Equal($"{_b.Underlay}:51820", (string?)peer["endpoint"]);
        Assert.True((long?)peer["last_handshake"] > 0 && (ulong?)peer["sent_bytes"] > 0);
        Assert.Matches(@"other +192\.0\.2\.\d+:51820 +\d+ ?s ago", _a.Init.Meduza("status").Output);

        // A second peer comes, changes and goes; the process, the session and its counters stay.
        var daemons = _a.Daemons();
        var more = WireGuardKeys.New().Public;
        Assert.Equal(["wireguard/link"], Apply("two", (Wire + "peer/more/public_key", more), (Wire + "peer/more/allowed_ips", "10.8.0.0/16")));
        Assert.Equal(["wireguard/link"], Apply("three", (Wire + "peer/more/allowed_ips", "10.7.0.0/16")));
        _lab.Etcd.Delete($"/nodes/gw-a/{Wire}peer/more/public_key");
        _lab.Etcd.Delete($"/nodes/gw-a/{Wire}peer/more/allowed_ips");
        Assert.Equal(["wireguard/link"], Apply("four"));
        Assert.Empty(Apply("same"));
        Assert.Equal(daemons, _a.Daemons());
        var after = JsonNode.Parse(_a.Init.Meduza("status", "--json").Output)!["wireguard"]![0]!["peers"]![0]!;
        Assert.Equal((long?)peer["last_handshake"], (long?)after["last_handshake"]);
    }

    [Fact]
    public void Killed_process_comes_back_configured_and_a_removed_device_is_gone()
    {
        PingUntilAnswered();
        var before = Assert.Single(_a.Daemons(), p => p.CommandLine.Contains("wireguard-go", StringComparison.Ordinal));
        Assert.True(Linux.Process.Signals.Send(before.HostPid, 9));
        _a.Init.WaitUntil(() => _a.Daemons().Any(p => p.CommandLine.Contains("wireguard-go", StringComparison.Ordinal) && p.HostPid != before.HostPid), "another wireguard-go");
        PingUntilAnswered();

        _lab.Etcd.Put(($"/nodes/gw-a/{Wire}enable", "false"));
        Assert.Equal(["wireguard/link"], Apply("off"));
        Assert.NotEqual(0, _a.Network.Run("ip", "link", "show", "wg-link").ExitCode);
        _lab.Events.WaitFor("/updated/gw-a/wireguard/link/status", e => e.Value is null, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Endpoint_that_is_a_name_is_looked_up()
    {
        _a.Init.Run("sh", "-c", $"echo '{_b.Underlay} gw-b.example' >> /etc/hosts");
        Apply("named", (Wire + "peer/other/endpoint", "gw-b.example:51820"));
        PingUntilAnswered();
    }

    // Both ends follow what they hear: with a packet that was under way while both ports changed, each is left with the other's
    // old one, and nobody is there any more.
    [Fact]
    public void Ends_that_were_left_with_each_others_old_port_find_each_other_without_a_commit()
    {
        PingUntilAnswered();
        SetEndpoint(_a, _keyB.Public, $"{_b.Underlay}:51999");
        SetEndpoint(_b, _keyA.Public, $"{_a.Underlay}:51999");
        Assert.NotEqual(0, _a.Ping("10.9.0.2").ExitCode);

        PingUntilAnswered();
    }

    /// <summary>Behind the agent's back, as a packet from there would; a key is hexadecimal there (wireguard.com/xplatform).</summary>
    private static void SetEndpoint(Gateway gateway, string peer, string endpoint)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Directory.GetFiles($"{gateway.Init.Root}/run/wireguard", "*.sock").Single()));
        socket.Send(Encoding.ASCII.GetBytes($"set=1\npublic_key={Convert.ToHexStringLower(Convert.FromBase64String(peer))}\nupdate_only=true\nendpoint={endpoint}\n\n"));
        var answer = new byte[64];
        Assert.Equal("errno=0\n\n", Encoding.ASCII.GetString(answer, 0, socket.Receive(answer)));
    }

    private IReadOnlyList<string> Apply(string commit, params (string Key, string Value)[] keys)
    {
        if (keys.Length > 0)
            _lab.Etcd.Put([.. keys.Select(k => ($"/nodes/gw-a/{k.Key}", k.Value))]);
        var outcome = _lab.Commit(commit, _a, timeout: TimeSpan.FromSeconds(60));
        Assert.True(outcome.Result == "applied", $"{outcome}\n{_a.Init.Output}");
        return outcome.Changed;
    }

    private void PingUntilAnswered() => _a.Init.WaitUntil(() => _a.Ping("10.9.0.2").ExitCode == 0, "the other side answers", TimeSpan.FromSeconds(60));

    private static (string, string)[] Keys(Gateway gateway, string address, string secret, string peer, string allowed, string endpoint) =>
    [
        .. new[]
        {
            ("enable", "true"), ("private_key", secret), ("listen_port", "51820"), ("address", address), ("mtu", "1380"), ("peer/other/public_key", peer),
            ("peer/other/allowed_ips", allowed), ("peer/other/endpoint", $"{endpoint}:51820"), ("peer/other/persistent_keepalive", "5"),
        }.Select(k => ($"/nodes/{gateway.Name}/{Wire}{k.Item1}", k.Item2)),
    ];
}
