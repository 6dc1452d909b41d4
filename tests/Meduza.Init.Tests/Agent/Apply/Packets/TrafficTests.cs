using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Tests.Netlink;

namespace Meduza.Init.Tests.Agent.Apply.Packets;

/// <summary>Real connections and datagrams through a gateway, with the rules that the agent puts in.</summary>
public sealed class TrafficTests : IDisposable
{
    private const string Server = TrafficNetwork.ServerAddress;

    private static readonly TransparentProxy Proxy = new()
    {
        ExcludedDevices = ["tnc0"],
        ExcludedSources = [IPAddress.Parse("10.1.2.2")],
        ExcludedPorts = [Ports("out:tcp:22"), Ports("out:udp:5000-5010"), Ports("in:tcp:8000")],
        Sources = [Net("10.1.0.0/16")],
    };

    private readonly TrafficNetwork _network = new();
    private readonly RouteSocket _route;
    private readonly PacketApplier _packets;

    public TrafficTests()
    {
        _route = _network.Own(_network.Gateway.Run(RouteSocket.Open));
        _packets = _network.Own(new PacketApplier(_route));
        _network.Own(new TransparentListener(_network.Gateway, TransparentProxy.ListenPort));
        Apply(PacketRules.None);
    }

    public void Dispose() => _network.Dispose();

    [Fact]
    public void Connections_of_a_lan_reach_the_proxy_with_their_original_destination()
    {
        Serve(80, 443);
        Assert.Equal("server asked by 10.1.0.2", Ask(_network.Client, Server, 80));
        Apply(new(Proxy, [], []));
        Assert.Equal($"proxy for {Server}:80", Ask(_network.Client, Server, 80));
        Assert.Equal($"proxy for {Server}:443", Ask(_network.Client, Server, 443));
        Assert.Equal("proxy for 198.51.100.7:1234", Ask(_network.Client, "198.51.100.7", 1234));
        Assert.Equal("proxy for 192.168.9.2:80", Ask(_network.Client, "192.168.9.2", 80));
        Apply(PacketRules.None);
        Assert.Equal("server asked by 10.1.0.2", Ask(_network.Client, Server, 80));
    }

    [Fact]
    public void Datagrams_of_a_lan_reach_the_proxy_with_their_original_destination()
    {
        Serve(53);
        Assert.Equal("server asked by 10.1.0.2", AskByDatagram(_network.Client, Server, 53));
        Apply(new(Proxy, [], []));
        Assert.Equal($"proxy for {Server}:53", AskByDatagram(_network.Client, Server, 53));
        Assert.Equal("proxy for 198.51.100.7:443", AskByDatagram(_network.Client, "198.51.100.7", 443));
    }

    [Fact]
    public void Excluded_ports_go_their_way()
    {
        Serve(22, 23, 5005, 5011);
        Apply(new(Proxy, [], []));
        Assert.Equal("server asked by 10.1.0.2", Ask(_network.Client, Server, 22));
        Assert.Equal($"proxy for {Server}:23", Ask(_network.Client, Server, 23));
        Assert.Equal($"proxy for {Server}:22", AskByDatagram(_network.Client, Server, 22));
        Assert.Equal("server asked by 10.1.0.2", AskByDatagram(_network.Client, Server, 5005));
        Assert.Equal($"proxy for {Server}:5011", AskByDatagram(_network.Client, Server, 5011));
        Assert.Equal($"proxy for {Server}:5005", Ask(_network.Client, Server, 5005));
    }

    [Fact]
    public void Connections_that_come_in_to_an_excluded_port_are_answered()
    {
        _network.Own(new Answering(_network.Client, "client", 8000));
        Apply(new(Proxy, [], []));
        Assert.Equal($"client asked by {Server}", Ask(_network.Server, "10.1.0.2", 8000));
    }

    [Fact]
    public void Excluded_sources_and_devices_and_networks_that_are_no_lan_go_their_way()
    {
        Serve(80);
        Apply(new(Proxy, [], []));
        Assert.Equal("server asked by 10.1.2.2", Ask(_network.Other, Server, 80));
        Assert.Equal("server asked by 10.1.2.2", AskByDatagram(_network.Other, Server, 80));
        Assert.Equal("server asked by 10.1.1.2", Ask(_network.Branch, Server, 80));
        Assert.Equal("server asked by 10.9.0.2", Ask(_network.Guest, Server, 80));
        Assert.Equal("server asked by 10.9.0.2", AskByDatagram(_network.Guest, Server, 80));
        Assert.Equal($"server asked by 203.0.113.1", Ask(_network.Gateway, Server, 80));
    }

    [Fact]
    public void Private_destinations_go_their_way_where_asked()
    {
        Serve(80);
        Apply(new(Proxy with { ExcludedDestinations = [Net("192.168.0.0/16")] }, [], []));
        Assert.Equal("server asked by 10.1.0.2", Ask(_network.Client, "192.168.9.2", 80));
        Assert.Equal($"proxy for {Server}:80", Ask(_network.Client, Server, 80));
    }

    [Fact]
    public void Answers_to_an_excluded_source_go_their_way_where_connections_are_looked_up()
    {
        _network.Own(new Answering(_network.Client, "client", 8001));
        Apply(new(Proxy with { ExcludedSources = [IPAddress.Parse(Server)], ExcludeByConnection = true }, [], []));
        Assert.Equal($"client asked by {Server}", Ask(_network.Server, "10.1.0.2", 8001));
        Assert.Equal($"proxy for {Server}:8001", Ask(_network.Client, Server, 8001));
    }

    [Fact]
    public void One_protocol_alone_is_proxied_where_asked()
    {
        Serve(80);
        Apply(new(Proxy with { Transports = Transports.Udp }, [], []));
        Assert.Equal("server asked by 10.1.0.2", Ask(_network.Client, Server, 80));
        Assert.Equal($"proxy for {Server}:80", AskByDatagram(_network.Client, Server, 80));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mapped_network_is_seen_and_reached_as_the_other_one(bool isProxied)
    {
        Serve(22);
        _network.Own(new Answering(_network.Client, "client", 9000));
        Apply(new(isProxied ? Proxy with { ExcludeRedirected = true } : null, [new NetworkMapping(Net("10.1.0.0/24"), Net("10.77.0.0/24"))], []));
        Assert.Equal("server asked by 10.77.0.2", Ask(_network.Client, Server, 22));
        Assert.Equal($"client asked by {Server}", Ask(_network.Server, "10.77.0.2", 9000));
        Assert.Equal($"client asked by {Server}", AskByDatagram(_network.Server, "10.77.0.2", 9000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forwarded_port_reaches_the_host_and_its_answers_come_back(bool isProxied)
    {
        _network.Own(new Answering(_network.Client, "client", 9000));
        _network.Own(new Answering(_network.Server, "server", 8080));
        Apply(new(isProxied ? Proxy with { ExcludeRedirected = true } : null, [], [Forward("8080:10.1.0.2:9000")]));
        Assert.Equal("client asked by 10.1.0.1", Ask(_network.Server, "203.0.113.1", 8080));
        Assert.Equal("client asked by 10.1.0.1", AskByDatagram(_network.Server, "203.0.113.1", 8080));
        // A neighbour's way through the gateway's address comes back the same way.
        Assert.Equal("client asked by 10.1.0.1", Ask(_network.Guest, "10.9.0.1", 8080));
        // To the same port of somebody else it is no forward.
        Assert.Equal("server asked by 10.9.0.2", Ask(_network.Guest, Server, 8080));
    }

    [Fact]
    public void Forwarded_ipv6_port_reaches_the_host()
    {
        _network.Own(new Answering(_network.Client, "client", 9000, System.Net.Sockets.AddressFamily.InterNetworkV6));
        Apply(new(null, [], [Forward("8080:[2001:db8:1::2]:9000")]));
        Assert.Equal("client asked by 2001:db8:1::1", Ask(_network.Server, "2001:db8:f::1", 8080));
    }

    [Fact]
    public async Task Not_one_connection_goes_unproxied_while_the_rules_are_applied_200_times()
    {
        Serve(80);
        Apply(new(Proxy, [], []));
        using var stop = new CancellationTokenSource();
        var connections = Repeat(() => Ask(_network.Client, Server, 80), stop.Token);
        var datagrams = Repeat(() => AskByDatagram(_network.Client, Server, 80), stop.Token);

        // Each time another set, and other rules.
        for (var i = 0; i < 200; i++)
        {
            var networks = Enumerable.Range(0, 1 + (i % 7)).Select(n => Net($"10.{n + 1}.0.0/16"));
            var ports = Enumerable.Range(0, 1 + (i % 5)).Select(n => Ports($"out:tcp:{1000 + n}"));
            Apply(new(Proxy with { Sources = [.. networks], ExcludedPorts = [.. ports], ExcludedDevices = i % 2 == 0 ? ["tnc0"] : ["tnc0", "tun9"] }, [], []));
        }
        await stop.CancelAsync();
        foreach (var answers in new[] { await connections, await datagrams })
        {
            Assert.Equal([$"proxy for {Server}:80"], answers.Keys);
            // As many as there were applies, at the least: they went on all the while.
            Assert.True(answers.Values.Sum() > 200, $"{answers.Values.Sum()}");
        }
    }

    private static Task<Dictionary<string, int>> Repeat(Func<string> ask, CancellationToken stop) => Task.Factory.StartNew(
        () =>
        {
            var answers = new Dictionary<string, int>();
            while (!stop.IsCancellationRequested || answers.Values.Sum() <= 200)
            {
                var answer = ask();
                answers[answer] = answers.GetValueOrDefault(answer) + 1;
            }
            return answers;
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Serve(params IEnumerable<int> ports)
    {
        foreach (var port in ports)
            _network.Own(new Answering(_network.Server, "server", port));
    }

    // In the gateway's namespace: the sockets are opened when they are first needed.
    private void Apply(PacketRules rules) => _network.Gateway.Run(() =>
    {
        foreach (var component in _packets.Differing(rules))
            _packets.Apply(component, rules);
        return 0;
    });

    private static string Ask(NetworkNamespace from, string address, int port) => TrafficNetwork.Ask(from, address, port);

    private static string AskByDatagram(NetworkNamespace from, string address, int port) => TrafficNetwork.AskByDatagram(from, address, port);

    private static Prefix Net(string text) => Prefix.TryParse(text, out var prefix, out _) ? prefix : throw new FormatException(text);

    private static PortSelector Ports(string text) => PortSelector.TryParse(text, out var ports) ? ports : throw new FormatException(text);

    private static PortForward Forward(string text) => PortForward.TryParse(text, out var forward) ? forward : throw new FormatException(text);
}
