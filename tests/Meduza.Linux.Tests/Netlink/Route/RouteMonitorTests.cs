using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Linux.Tests.Netlink.Route;

/// <summary>Against the kernel, in a network namespace of each test's own. Waits are for events; the limit only ends a failure.</summary>
public sealed class RouteMonitorTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly NetworkNamespace _namespace = new();
    private readonly RouteSocket _route;
    private readonly RouteMonitor _monitor;

    public RouteMonitorTests()
    {
        _route = _namespace.Run(RouteSocket.Open);
        _monitor = _namespace.Run(RouteMonitor.Open);
    }

    public void Dispose()
    {
        _monitor.Dispose();
        _route.Dispose();
        _namespace.Dispose();
    }

    [Fact]
    public async Task Link_that_appears_and_goes_is_told()
    {
        _namespace.Ip("link add v0 type veth peer name v1");
        _namespace.Ip("link del v0");
        var events = await ReadUntil(n => n is { Event: RouteEvent.LinkGone, Link.Name: "v0" });
        Assert.Contains(events, n => n is { Event: RouteEvent.LinkChanged, Link.Name: "v0" });
    }

    [Fact]
    public async Task Addresses_that_come_and_go_are_told()
    {
        _namespace.Ip("link add v0 type veth peer name v1");
        var index = _route.GetLink("v0")!.Value.Index;
        var address = new LinkAddress(index, IPAddress.Parse("10.1.2.3"), 24, AddressScope.Universe);
        _route.AddAddress(index, address.Address, 24);
        _route.DeleteAddress(index, address.Address, 24);
        _route.AddAddress(index, IPAddress.Parse("2001:db8::1"), 64);

        var events = await ReadUntil(n => n.Address?.Address.ToString() == "2001:db8::1");
        Assert.Contains(new RouteNotification(RouteEvent.AddressChanged, null, address), events);
        Assert.Contains(new RouteNotification(RouteEvent.AddressGone, null, address), events);
    }

    [Fact]
    public async Task Link_local_address_of_the_kernel_is_told_by_its_scope()
    {
        _namespace.Ip("link add v0 type veth peer name v1");
        var index = _route.GetLink("v0")!.Value.Index;
        _route.AddAddress(index, IPAddress.Parse("2001:db8::1"), 64);
        _route.SetUp(index);
        _route.SetUp(_route.GetLink("v1")!.Value.Index);
        await ReadUntil(n => n.Address is { Scope: AddressScope.Link } address && address.LinkIndex == index);

        var byScope = _route.GetAddresses(index).ToLookup(a => a.Scope);
        Assert.StartsWith("fe80::", Assert.Single(byScope[AddressScope.Link]).Address.ToString(), StringComparison.Ordinal);
        Assert.Equal("2001:db8::1/64", Assert.Single(byScope[AddressScope.Universe]).ToString());
    }

    [Fact]
    [Trait("Emulated", "no")] // QEMU's user mode knows no routing rules
    public async Task Routes_and_rules_that_come_and_go_are_told_where_they_were_asked_for()
    {
        using var monitor = _namespace.Run(() => RouteMonitor.Open(RouteTopics.Routes | RouteTopics.Rules));
        var route = new IpRoute(IPNetwork.Parse("10.7.0.0/16"))
        {
            Type = RouteType.Blackhole,
            Metric = 250,
            Scope = AddressScope.Universe,
            Table = 1000,
        };
        var rule = new RoutingRule(AddressFamily.InterNetworkV6, 100) { Mark = 1, MarkMask = 1, Table = 100 };
        _route.AddRoute(route);
        _route.DeleteRoute(route);
        _route.AddRule(rule);
        _route.DeleteRule(rule);
        Assert.Equal(
            [
                new RouteNotification(RouteEvent.RouteChanged, null, null, route),
                new RouteNotification(RouteEvent.RouteGone, null, null, route),
                new RouteNotification(RouteEvent.RuleAdded, null, null, null, rule),
                new RouteNotification(RouteEvent.RuleGone, null, null, null, rule),
            ],
            await ReadUntil(n => n.Event == RouteEvent.RuleGone, monitor));
    }

    [Fact]
    public async Task Notification_comes_while_the_reader_waits()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var events = _monitor.ReadAllAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        var next = events.MoveNextAsync();
        Assert.False(next.IsCompleted);
        _route.SetLoopbackUp();
        Assert.True(await next);
        Assert.Equal(1, events.Current.Link?.Index ?? events.Current.Address?.LinkIndex);
    }

    [Fact]
    public async Task Device_that_leaves_a_bridge_is_not_gone()
    {
        _namespace.Ip("link add br0 type bridge");
        _namespace.Ip("link add v0 type veth peer name v1");
        _namespace.Ip("link set v0 master br0");
        _namespace.Ip("link set v0 nomaster");
        _namespace.Ip("link add last type bridge");
        var events = await ReadUntil(n => n.Link?.Name == "last");
        Assert.DoesNotContain(events, n => n.Event == RouteEvent.LinkGone);
    }

    [Fact]
    public async Task Cancelled_reading_ends_and_another_one_goes_on_where_it_was()
    {
        using (var cancellation = new CancellationTokenSource())
        {
            var reading = Task.Run(async () =>
            {
                await foreach (var _ in _monitor.ReadAllAsync(cancellation.Token))
                {
                }
            }, TestContext.Current.CancellationToken);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Limit, TestContext.Current.CancellationToken));
        }

        _namespace.Ip("link add v0 type veth peer name v1");
        await ReadUntil(n => n.Link?.Name == "v0");
    }

    [Fact]
    public async Task Two_readings_at_a_time_are_refused()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var first = _monitor.ReadAllAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        _route.SetLoopbackUp();
        Assert.True(await first.MoveNextAsync());
        await using var second = _monitor.ReadAllAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.MoveNextAsync());
    }

    [Fact]
    public async Task Overflow_of_the_kernels_queue_is_told_as_missed()
    {
        // Nobody reads while more is notified than the queue of 4 MiB holds: about 1 kB a message with its bookkeeping.
        _namespace.Ip("link add v0 type veth peer name v1");
        var index = _route.GetLink("v0")!.Value.Index;
        var address = IPAddress.Parse("10.1.2.3");
        for (var i = 0; i < 10_000; i++)
        {
            _route.AddAddress(index, address, 24);
            _route.DeleteAddress(index, address, 24);
        }
        await ReadUntil(n => n.Event == RouteEvent.Missed);
    }

    private async Task<List<RouteNotification>> ReadUntil(Predicate<RouteNotification> last, RouteMonitor? monitor = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        var read = new List<RouteNotification>();
        await foreach (var notification in (monitor ?? _monitor).ReadAllAsync(limit.Token))
        {
            read.Add(notification);
            if (last(notification))
                break;
        }
        return read;
    }
}
