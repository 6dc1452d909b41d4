using System.Net;

namespace Meduza.Vm.Guest;

/// <summary>The kinds of devices that the machine on which the other tests run may lack.</summary>
internal static class LinkKinds
{
    public static void Run(Report report)
    {
        using var side = new Side();
        Require.Equal("wireguard", side.Route.GetLink(Side.Device)!.Value.Kind);

        side.Route.CreateDummy("d0");
        var dummy = side.Route.GetLink("d0")!.Value;
        Require.Equal("dummy", dummy.Kind);
        side.Route.SetUp(dummy.Index);
        side.Route.AddAddress(dummy.Index, IPAddress.Parse("10.1.2.3"), 32);
        side.Route.SetMtu(dummy.Index, 1300);
        side.Route.SetAlias(dummy.Index, "loopback of the overlay");
        side.Route.SetDown(dummy.Index);
        side.Route.Rename(dummy.Index, "d1");
        Require.Equal((1300, "loopback of the overlay"), (side.Route.GetLink("d1")!.Value.Mtu, side.Route.GetLink("d1")!.Value.Alias));
        side.Route.DeleteLink(dummy.Index);
        Require.That(side.Route.GetLink("d1") is null);

        side.Route.DeleteLink(side.Route.GetLink(Side.Device)!.Value.Index);
        Require.That(side.Control.Get(Side.Device) is null);
        Require.That(side.Control.Get("lo") is null);
    }
}
