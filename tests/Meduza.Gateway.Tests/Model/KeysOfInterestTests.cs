using CsCheck;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Plan;
using Meduza.Gateway.Tests.Render;

namespace Meduza.Gateway.Tests.Model;

public sealed class KeysOfInterestTests
{
    [Theory]
    [InlineData("/global/bgp/filter/in", true)]
    [InlineData("/commit", true)]
    [InlineData("/dns/hosts/printer.office", true)]
    [InlineData("/nodes/gw-a/tinc/private_key", true)]
    [InlineData("/nodes/gw-a/anything/at/all", true)]
    [InlineData("/nodes/gw-b/tinc/public_key", true)]
    [InlineData("/nodes/gw-b/private_lan", true)]
    [InlineData("/nodes/gw-b/tinc/private_key", false)]
    [InlineData("/nodes/gw-b/openvpn/office/secret", false)]
    [InlineData("/nodes/gw-b/wireguard/x/private_key", false)]
    [InlineData("/nodes/gw-b/lan", false)]
    [InlineData("/nodes/gw-ab/lan", false)]
    public void Only_what_is_for_others_is_of_interest_at_others(string key, bool held) => Assert.Equal(held, KeysOfInterest.Hold("gw-a", key));

    [Fact]
    public void No_secret_is_for_others() => Assert.DoesNotContain(KeyTable.All, spec => spec.IsSecret && spec.IsForOthers);

    [Fact]
    public void Without_the_others_other_keys_nothing_is_different() => RenderPropertyTests.AnyKeys.Sample(keys =>
    {
        foreach (var mesh in (string[])["tinc", "easytier"])
        {
            foreach (var routing in (string[])["ospf", "bgp"])
                AssertSame(keys.With("/global/mesh_type", mesh).With("/global/internal_routing_system", routing).Snapshot);
        }
    }, iter: 150);

    private static void AssertSame(Snapshot all)
    {
        foreach (var node in (string[])["gw-a", "gw-b"])
        {
            var some = all with { Keys = all.Keys.RemoveRange(all.Keys.Keys.Where(key => !KeysOfInterest.Hold(node, key))) };
            var (full, part) = (ConfigParser.Parse(all, node), ConfigParser.Parse(some, node));
            Assert.Equal(full.Errors, part.Errors);
            // That a node's name is none can be said only where it has a key that is looked at.
            Assert.Equal(full.Warnings.Where(warning => !warning.Key.EndsWith('/')), part.Warnings.Where(warning => !warning.Key.EndsWith('/')));
            if (full.Config is not null)
                Assert.True(Planner.Plan(Renderer.Render(part.Config!, new Machine()), Machines.After(Renderer.Render(full.Config, new Machine()))).IsEmpty);
        }
    }
}
