using System.Net;
using Meduza.Linux.Netlink.Route;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Netlink.Route;

/// <summary>Devices that are made, changed and deleted, against the kernel.</summary>
public sealed class RouteSocketLinkTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();
    private readonly RouteSocket _route;

    public RouteSocketLinkTests() => _route = _namespace.Run(RouteSocket.Open);

    public void Dispose()
    {
        _route.Dispose();
        _namespace.Dispose();
    }

    [Fact]
    public void Veth_is_made_and_goes_with_both_ends()
    {
        _route.CreateVeth("v0", "v1");
        Assert.Equal(("veth", "veth"), (_route.GetLink("v0")?.Kind, _route.GetLink("v1")?.Kind));
        Assert.Equal(EEXIST, Assert.Throws<LinuxException>(() => _route.CreateVeth("v0", "v2")).Errno);
        _route.DeleteLink(_route.GetLink("v0")!.Value.Index);
        Assert.Single(_route.GetLinks());
    }

    [Fact]
    public void Other_end_of_a_veth_may_lie_in_another_namespace()
    {
        using var other = new NetworkNamespace();
        using var entry = other.Run(() => Descriptor.Open("/proc/thread-self/ns/net", O_RDONLY));
        using var elsewhere = RouteSocket.Open(entry);
        _route.CreateVeth("v0", "v1", entry);
        Assert.Null(_route.GetLink("v1"));
        Assert.Equal("veth", elsewhere.GetLink("v1")?.Kind);

        _route.Move(_route.GetLink("v0")!.Value.Index, entry);
        Assert.Null(_route.GetLink("v0"));
        Assert.Equal(["lo", "v0", "v1"], elsewhere.GetLinks().Select(l => l.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bridge_takes_and_gives_up_a_port()
    {
        _route.CreateBridge("br0");
        _route.CreateVeth("v0", "v1");
        var bridge = _route.GetLink("br0")!.Value;
        var port = _route.GetLink("v0")!.Value.Index;
        Assert.Equal("bridge", bridge.Kind);
        _route.SetMaster(port, bridge.Index);
        Assert.Equal(bridge.Index, _route.GetLink("v0")!.Value.MasterIndex);
        _route.SetMaster(port, 0);
        Assert.Equal(0, _route.GetLink("v0")!.Value.MasterIndex);
    }

    [Fact]
    public void Link_is_renamed()
    {
        _route.CreateVeth("v0", "v1");
        var index = _route.GetLink("v0")!.Value.Index;
        _route.Rename(index, "uplink");
        Assert.Equal(index, _route.GetLink("uplink")?.Index);
        Assert.Equal(EEXIST, Assert.Throws<LinuxException>(() => _route.Rename(index, "v1")).Errno);
        Assert.Throws<ArgumentException>(() => _route.Rename(index, "a-name-of-sixteen"));
    }

    [Fact]
    public void Alias_is_set_and_taken_away()
    {
        _route.CreateVeth("v0", "v1");
        var index = _route.GetLink("v0")!.Value.Index;
        Assert.Null(_route.GetLink("v0")!.Value.Alias);
        _route.SetAlias(index, new string('ä', 127));
        Assert.Equal(new string('ä', 127), _route.GetLink("v0")!.Value.Alias);
        _route.SetAlias(index, null);
        Assert.Null(_route.GetLink("v0")!.Value.Alias);
        Assert.Throws<ArgumentOutOfRangeException>(() => _route.SetAlias(index, new string('a', 256)));
    }

    [Fact]
    public void Tun_and_tap_stay_until_they_are_deleted()
    {
        _namespace.Run(() =>
        {
            TunDevice.CreateTun("t0");
            TunDevice.CreateTap("t1");
            return 0;
        });
        Assert.Equal(["tun", "tun"], _route.GetLinks().Where(l => l.Name != "lo").Select(l => l.Kind));
        Assert.Contains("tun type tun pi off", _namespace.Ip("-d link show t0"), StringComparison.Ordinal);
        Assert.Contains("tun type tap pi off", _namespace.Ip("-d link show t1"), StringComparison.Ordinal);
        _route.DeleteLink(_route.GetLink("t0")!.Value.Index);
        Assert.Null(_route.GetLink("t0"));
    }

    [Fact]
    public void Open_tun_goes_with_its_descriptor()
    {
        var device = _namespace.Run(() => TunDevice.OpenTun("t0"));
        Assert.NotNull(_route.GetLink("t0"));
        Assert.Equal(EBUSY, Assert.Throws<LinuxException>(() => _namespace.Run(() => TunDevice.OpenTun("t0"))).Errno);
        device.Dispose();
        Assert.Null(_route.GetLink("t0"));
    }

    [Fact]
    public void Kind_that_this_kernel_lacks_is_refused_as_not_supported()
    {
        // Nowhere is there such a kind; this is what a kernel without WireGuard answers to it.
        var error = Assert.Throws<LinuxException>(() => _route.Create("x0", "no-such-kind"));
        Assert.Equal(EOPNOTSUPP, error.Errno);
        Assert.Contains("no-such-kind x0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Namespace_that_is_none_is_refused()
    {
        using var file = Descriptor.Open("/proc/self/status", O_RDONLY);
        Assert.Equal("setns", Assert.Throws<LinuxException>(() => RouteSocket.Open(file)).Call);
    }

    [Fact]
    public void Thread_that_opened_a_socket_elsewhere_stays_where_it_was()
    {
        using var entry = _namespace.Run(() => Descriptor.Open("/proc/thread-self/ns/net", O_RDONLY));
        var before = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
        using var elsewhere = RouteSocket.Open(entry);
        Assert.Equal(before, new FileInfo("/proc/thread-self/ns/net").LinkTarget);
        elsewhere.SetLoopbackUp();
        Assert.True(_route.GetLink("lo")!.Value.Up);
        Assert.Equal(IPAddress.Loopback, elsewhere.GetAddresses(1)[0].Address);
    }
}
