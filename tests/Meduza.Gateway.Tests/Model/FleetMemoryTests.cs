using CsCheck;
using Meduza.Gateway.Model;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Plan;
using Meduza.Gateway.Tests.Render;

namespace Meduza.Gateway.Tests.Model;

public sealed class FleetMemoryTests
{
    private const string Other = "/nodes/gw-b/";

    private static readonly KeySet Keys = Fleet.Keys.With("/global/mesh_type", "tinc");

    private readonly FleetMemory _memory = new();

    [Fact]
    public void What_comes_out_is_the_same_with_it_and_without() => RenderPropertyTests.AnyKeys.List[2, 5].Sample(fleets =>
    {
        var memory = new FleetMemory();
        foreach (var keys in fleets)
        {
            foreach (var mesh in (string[])["tinc", "easytier", "tinc"])
            {
                foreach (var routing in (string[])["ospf", "bgp"])
                    AssertSame(keys.With("/global/mesh_type", mesh).With("/global/internal_routing_system", routing).Snapshot, memory);
            }
        }
    }, iter: 60);

    [Fact]
    public void A_host_with_the_same_keys_is_the_same_object_and_one_with_others_is_another()
    {
        var first = Peer(Keys);

        Assert.Same(first, Peer(Keys.With("/nodes/gw-a/lan", "10.99.0.0/24")));
        // As read anew from etcd: equal, and other memory.
        Assert.Same(first, Peer(new(Keys.Snapshot with { Keys = Keys.Snapshot.Keys.SetItems(Keys.Snapshot.Keys.Select(pair => KeyValuePair.Create(pair.Key, new ReadOnlyMemory<byte>(pair.Value.ToArray())))) })));
        Assert.NotSame(first, Peer(Keys.With(Other + "tinc/port", "1655")));
    }

    [Fact]
    public void What_holds_for_the_whole_network_is_no_part_of_what_is_remembered_of_one()
    {
        Assert.Null(Peer(Keys).Cipher);
        Assert.Equal("aes-128-cbc", Peer(Keys.With("/global/tinc/cipher", "aes-128-cbc")).Cipher);
        Assert.Null(Peer(Keys).Cipher);
    }

    [Fact]
    public void What_is_wrong_at_another_node_is_said_each_time()
    {
        var keys = Keys.With(Other + "tinc/public_key", "nonsense").With(Other + "private_lan", "10.1.0.0/99\n10.2.0.0/24");

        var first = ConfigParser.Parse(keys.Snapshot, "gw-a", _memory);
        var second = ConfigParser.Parse(keys.With("/nodes/gw-a/lan", "10.99.0.0/24").Snapshot, "gw-a", _memory);

        Assert.Contains(first.Warnings, warning => warning.Key == Other + "tinc/public_key");
        Assert.Contains(first.Warnings, warning => warning.Key == Other + "private_lan");
        Assert.Equal(first.Warnings, second.Warnings);
    }

    [Fact]
    public void A_node_that_went_and_came_back_is_read_again()
    {
        var first = Peer(Keys);
        var without = new KeySet(Keys.Snapshot with { Keys = Keys.Snapshot.Keys.RemoveRange(Keys.Snapshot.Keys.Keys.Where(key => key.StartsWith(Other, StringComparison.Ordinal))) });
        Assert.DoesNotContain(first, ConfigParser.Parse(without.Snapshot, "gw-a", _memory).Config!.Tinc!.Peers);

        Assert.NotSame(first, Peer(Keys));
    }

    private TincHost Peer(KeySet keys)
    {
        var result = ConfigParser.Parse(keys.Snapshot, "gw-a", _memory);
        Assert.Empty(result.Errors);
        return result.Config!.Tinc!.Peers.Single(peer => peer.Name.ToString() == "gwb");
    }

    private static void AssertSame(Snapshot keys, FleetMemory memory)
    {
        var (known, anew) = (ConfigParser.Parse(keys, "gw-a", memory), ConfigParser.Parse(keys, "gw-a"));
        Assert.Equal(anew.Errors, known.Errors);
        Assert.Equal(anew.Warnings, known.Warnings);
        if (anew.Config is not null)
            Assert.True(Planner.Plan(Renderer.Render(known.Config!, new Machine()), Machines.After(Renderer.Render(anew.Config, new Machine()))).IsEmpty);
    }
}
