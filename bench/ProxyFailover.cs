using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meduza.Lab.Harness;
using Meduza.Lab.Services;

namespace Meduza.Bench;

/// <summary>
/// How soon a client's next connection goes its own way after the proxy was killed, and is proxied again after it is let begin
/// again. A client tries all the while, each time with a new connection.
/// </summary>
internal static class ProxyFailover
{
    private const string Node = "/nodes/gw/", Server = "192.0.2.1";
    private const int Rounds = 5, Port = 8000, SigKill = 9;

    /// <summary>How long one try is waited for: where nobody takes a connection its next packet comes after a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>One that ran that long is started again at once.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(11);

    public static void Measure()
    {
        using var lab = LabNetwork.Create();
        var gateway = lab.AddGateway("gw");
        var host = gateway.AddLan("10.1.0");
        lab.Core.Ip($"route add 10.1.0.0/24 via {gateway.Underlay}");
        lab.Own(new Greeter(lab.Core, Port));
        lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "lan", "10.1.0.0/24"), (Node + "dnsmasq/enable", "true"), (Node + "clash/enable", "true"), (Node + "clash/mode", "tproxy"));
        ProxyDoubles.Start(gateway);
        ProxyDoubles.Go(gateway.Init);
        lab.Etcd.Commit("first");
        Until(host.Network, "proxied");

        List<double> direct = [], proxied = [];
        for (var round = 0; round < Rounds; round++)
        {
            Thread.Sleep(Settled);
            ProxyDoubles.Set(gateway.Init, "mihomo", ProxyDoubles.Hold);
            gateway.Signal("mihomo", SigKill);
            direct.Add(Until(host.Network, "you are").TotalMilliseconds);
            // It is started again, and waits.
            gateway.UntilState("mihomo", "starting");
            ProxyDoubles.Go(gateway.Init);
            proxied.Add(Until(host.Network, "proxied").TotalMilliseconds);
        }
        Figure.Print("proxy_killed_to_direct", "ms", direct);
        Figure.Print("proxy_back_to_proxied", "ms", proxied);
    }

    private static TimeSpan Until(NetworkNamespace from, string answer)
    {
        var clock = Stopwatch.StartNew();
        while (Try(from)?.StartsWith(answer, StringComparison.Ordinal) != true)
        {
            if (clock.Elapsed > Must.Patience)
                throw new LabException($"no connection was answered with '{answer}'");
        }
        return clock.Elapsed;
    }

    private static string? Try(NetworkNamespace from)
    {
        using var socket = from.Open(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Server), Port), limit.Token).AsTask().GetAwaiter().GetResult();
            var bytes = new byte[100];
            return Encoding.ASCII.GetString(bytes, 0, socket.ReceiveAsync(bytes, SocketFlags.None, limit.Token).AsTask().GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return null;
        }
    }
}
