using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Model.WireGuard;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.WireGuard;
using Meduza.Init.Control;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Process;
using Meduza.Linux.Tests.Netlink;
using Meduza.Linux.WireGuard;

namespace Meduza.Init.Tests.Agent.Apply.WireGuard;

/// <summary>Devices of several makers under the name of one of ours, in a network namespace of each test's own.</summary>
public sealed class WireGuardOwnershipTests : IDisposable
{
    // The sockets of wireguard-go lie in one folder, whatever the network namespace.
    private static readonly string Name = $"wgo{Environment.ProcessId}";

    private readonly NetworkNamespace _network = new();
    private readonly RouteSocket _route;
    private readonly UserspaceWireGuard _userspace = new();
    private readonly Dictionary<string, ServiceStatus> _services = [];
    private readonly WireGuardOwnership _ownership;

    public WireGuardOwnershipTests()
    {
        _route = _network.Run(RouteSocket.Open);
        _ownership = new(_route, _userspace, _services);
    }

    public void Dispose()
    {
        _route.Dispose();
        _network.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_device_is_nobody_s(bool inKernel) => Assert.Equal(DeviceOwner.Nobody, _ownership.OwnerOf(Device(inKernel)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_device_of_another_kind_is_somebody_else_s_whatever_its_alias_says(bool inKernel)
    {
        _route.CreateBridge(Name);
        _route.SetAlias(_route.GetLink(Name)!.Value.Index, "meduza wireguard/office");
        Serve(Environment.ProcessId);
        Assert.Equal(DeviceOwner.SomebodyElse, _ownership.OwnerOf(Device(inKernel)));
        Assert.Empty(_ownership.All());
    }

    [Fact]
    public void A_device_of_wireguard_go_is_whose_process_listens_for_it()
    {
        Assert.Null(_userspace.Listener(Name));
        using var program = _network.Run(() => Command.Start("wireguard-go", ["-f", Name]));
        for (var end = Environment.TickCount64 + 60_000; _userspace.Get(Name) is null; Thread.Sleep(10))
            Assert.True(!program.HasExited && Environment.TickCount64 < end, program.Text);

        Assert.Equal(program.Pid, _userspace.Listener(Name));
        Assert.Equal(DeviceOwner.SomebodyElse, _ownership.OwnerOf(Device(inKernel: false)));
        Serve(0);
        Assert.Equal(DeviceOwner.SomebodyElse, _ownership.OwnerOf(Device(inKernel: false)));
        Serve(Environment.ProcessId);
        Assert.Equal(DeviceOwner.SomebodyElse, _ownership.OwnerOf(Device(inKernel: false)));
        Serve(program.Pid);
        Assert.Equal(DeviceOwner.Us, _ownership.OwnerOf(Device(inKernel: false)));
    }

    [Fact]
    public void A_tun_without_a_listener_is_somebody_else_s_unless_our_program_has_just_been_started()
    {
        _network.Run(() =>
        {
            TunDevice.CreateTun(Name);
            return 0;
        });
        Assert.Equal(DeviceOwner.SomebodyElse, _ownership.OwnerOf(Device(inKernel: false)));
        Serve(Environment.ProcessId);
        Assert.Equal(DeviceOwner.Nobody, _ownership.OwnerOf(Device(inKernel: false)));
    }

    private void Serve(int pid) => _services["wireguard-office"] = new()
    {
        Name = "wireguard-office",
        Component = "wireguard/office",
        State = ServiceStates.Starting,
        Pid = pid,
        StartedAt = 0,
        Definition = new() { Name = "wireguard-office", Component = "wireguard/office", Command = ["/usr/bin/wireguard-go"] },
    };

    private static DesiredWireGuard Device(bool inKernel)
    {
        Assert.True(InstanceName.TryParse("office", out var name));
        Assert.True(DeviceName.TryParse(Name, out var device));
        return new("wireguard/office", new WireGuardInstance { Name = name, Device = device, PrivateKey = new Secret("") }, inKernel);
    }
}
