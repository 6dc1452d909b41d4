using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meduza.Init.Tests;
using Meduza.Lab.Harness;
using Meduza.Lab.Services;

namespace Meduza.Lab.Downloads;

/// <summary>A subscription's server that is down at the commit, comes up later, and turns malicious.</summary>
public sealed class SubscriptionServerTests : IDisposable
{
    private const string Node = "/nodes/gw/", Server = "192.0.2.1";
    private const string Good = "proxies: [{name: first-proxy, type: direct}]\n";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;
    private byte[] _answer = WebServer.Ok(Good);

    public SubscriptionServerTests()
    {
        _gateway = _lab.AddGateway("gw");
        _lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "clash/enable", "true"), (Node + "clash/active_subscription", "main"),
            ("/global/clash/subscriptions/main/url", $"http://{Server}:8080/main.yaml?token=hunter2"));
        ProxyDoubles.Start(_gateway);
    }

    public void Dispose() => _lab.Dispose();

    private string Config() => _gateway.Init.Run("cat", "/etc/mihomo/config.yaml").Output;

    private string Status() => _gateway.Init.Meduza("status", "--json").Output;

    [Fact]
    public void It_is_picked_up_without_another_commit_and_what_it_becomes_does_no_harm()
    {
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mihomo", "starting");
        ProxyDoubles.Go(_gateway.Init);
        Assert.Empty(_lab.Events.WaitForCommit("gw", "first", "applied", Limit).Errors);
        var pid = (int)_gateway.UntilState("mihomo", "ready")["pid"]!;
        _gateway.Init.WaitUntil(() => Status().Contains("it refuses connections; there is no earlier one", StringComparison.Ordinal), "the reason in status", Limit);

        _lab.Own(new WebServer(_lab.Core.Open(SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Parse(Server), 8080), (_, stream) => stream.WriteAsync(_answer).AsTask()));
        _gateway.Init.WaitUntil(() => Config().Contains("first-proxy", StringComparison.Ordinal), "it is in use, without another commit", Limit);

        foreach (var (what, answer, reason) in Attacks())
        {
            _answer = answer;
            var refused = _gateway.Init.Meduza("refresh");
            Assert.True(refused.ExitCode == 1 && refused.Error.Contains(reason, StringComparison.Ordinal), $"{what}: {refused.Output}{refused.Error}");
            _gateway.Init.WaitUntil(() => Status().Contains(reason, StringComparison.Ordinal) && Status().Contains("the one before stays in use", StringComparison.Ordinal), $"{what}: the reason in status", Limit);
            Assert.Contains("first-proxy", Config(), StringComparison.Ordinal);
        }

        // What can be taken out is, and the rest is used.
        _answer = WebServer.Ok("proxies: [{name: second-proxy, type: direct}]\nexternal-controller: 0.0.0.0:9090\ntun: {enable: true, auto-route: true}\n");
        Assert.Equal(0, _gateway.Init.Meduza("refresh").ExitCode);
        Assert.Contains("second-proxy", Config(), StringComparison.Ordinal);
        Assert.DoesNotContain("tun:", Config(), StringComparison.Ordinal);
        Assert.DoesNotContain("0.0.0.0", Config(), StringComparison.Ordinal);
        Assert.Contains("tun is left out", Status(), StringComparison.Ordinal);
        Assert.Contains("external-controller is left out", Status(), StringComparison.Ordinal);

        // The same process, the same agent, and the token nowhere.
        Assert.Equal((pid, 0), ((int)_gateway.Service("mihomo")["pid"]!, (int)_gateway.Service("agent")["restarts"]!));
        Assert.DoesNotContain("hunter2", _gateway.Init.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Status(), StringComparison.Ordinal);
    }

    private static IEnumerable<(string What, byte[] Answer, string Reason)> Attacks()
    {
        yield return ("huge", WebServer.Ok(new byte[(16 << 20) + 1]), "its answer is longer than 16 MiB");
        yield return ("huge when unpacked", WebServer.Ok(Packed(new byte[256 << 20]), "Content-Encoding: gzip\r\n"), "its answer is longer than 16 MiB");
        yield return ("a million deep", WebServer.Ok("proxies: " + new string('[', 1_000_000)), "stand within each other");
        yield return ("a billion laughs", WebServer.Ok("a: &a [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(0, 12).Select(i =>
            $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(", ", Enumerable.Repeat($"*{(char)('a' + i)}", 9))}]\n"))), "with its aliases written out");
        yield return ("no subscription", WebServer.Ok("<html>buy one</html>"), "it is not a mihomo configuration");
        yield return ("gone", WebServer.Status(404), "it answers with status 404");
        yield return ("ill", WebServer.Status(500), "it answers with status 500");
        yield return ("cut off", WebServer.Ok(Encoding.UTF8.GetBytes(Good))[..^10], "its answer ends too early");
    }

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(body);
        return packed.ToArray();
    }
}
