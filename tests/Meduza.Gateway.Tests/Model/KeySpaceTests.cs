using CsCheck;
using Meduza.Gateway.Model;

namespace Meduza.Gateway.Tests.Model;

public sealed class KeySpaceTests
{
    /// <summary>Names that lie beside, within and before each other.</summary>
    private static readonly Gen<string> Key = Gen.OneOf(
        "", "/", "//", "//a", "a", "a/b", "/commit", "/commit/confirm", "/global", "/global/", "/global/mesh_type", "/global/tinc/cipher", "/nodes", "/nodes/",
        "/nodes//", "/nodes//lan", "/nodes/a", "/nodes/a/", "/nodes/a/lan", "/nodes/a/tinc/enable", "/nodes/a-b/lan", "/nodes/a0/lan", "/nodes/a0/tinc/ipv4", "/nodesX/a",
        "/dns/hosts/a.test", "/dns/hosts/b.test");

    private static readonly Gen<(string, byte)> Pair = Gen.Select(Key, Gen.Byte);

    private static readonly KeySpace Some = KeySpace.Empty
        .SetItem("/nodes/a/lan", One(1)).SetItem("/nodes/b/lan", One(2)).SetItem("/nodes/b/tinc/ipv4", One(3)).SetItem("/global/mesh_type", One(4)).SetItem("/commit", One(5));

    [Fact]
    public void Any_changes_give_what_a_sorted_map_of_them_has() => Gen.Select(Pair.List[0, 30], Key.List[0, 10], Key).Sample((set, removed, prefix) =>
    {
        var model = new SortedDictionary<string, byte>(StringComparer.Ordinal);
        var keys = KeySpace.Empty;
        foreach (var (key, value) in set)
        {
            model[key] = value;
            keys = keys.SetItem(key, One(value));
        }
        foreach (var key in removed)
            model.Remove(key);
        keys = keys.RemoveRange(removed);

        Assert.Equal(model.Count, keys.Count);
        Assert.Equal(model.Select(pair => (pair.Key, pair.Value)), Pairs(keys));
        Assert.Equal(model.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => (pair.Key, pair.Value)), Pairs(keys.Below(prefix)));
        Assert.True(keys.HasSameKeys(KeySpace.Of(keys.Select(pair => KeyValuePair.Create(pair.Key, new ReadOnlyMemory<byte>(pair.Value.ToArray()))))));
        Assert.Equal(model.ContainsKey(prefix), keys.TryGetValue(prefix, out var found) && found.Span[0] == model[prefix]);
        Assert.Equal(NamesBelow(model.Keys, prefix), keys.NamesBelow(prefix));
    });

    [Fact]
    public void Any_keys_written_at_once_are_those_written_one_by_one() => Pair.List[0, 30].Sample(set =>
        Assert.Equal(
            Pairs(set.Aggregate(KeySpace.Empty, (keys, pair) => keys.SetItem(pair.Item1, One(pair.Item2)))),
            Pairs(KeySpace.Of(set.Select(pair => KeyValuePair.Create(pair.Item1, One(pair.Item2)))))));

    [Fact]
    public void A_change_of_one_node_leaves_the_others_what_they_are()
    {
        var changed = Some.SetItem("/nodes/a/lan", One(9)).Remove("/commit");

        var (before, after) = (ByNode(Some), ByNode(changed));
        Assert.NotSame(before["a"], after["a"]);
        Assert.Same(before["b"], after["b"]);
    }

    [Fact]
    public void A_node_without_a_key_is_none()
    {
        Assert.Equal(["a", "b"], ByNode(Some).Keys);
        Assert.Equal(["b"], ByNode(Some.Remove("/nodes/a/lan")).Keys);
    }

    [Fact]
    public void Another_value_or_another_key_is_not_the_same()
    {
        Assert.False(Some.HasSameKeys(Some.SetItem("/nodes/b/lan", One(9))));
        Assert.False(Some.HasSameKeys(Some.Remove("/commit")));
        Assert.False(Some.HasSameKeys(Some.Remove("/commit").SetItem("/commiu", One(5))));
        Assert.False(Some.HasSameKeys(Some.Remove("/nodes/b/lan").SetItem("/nodes/b/lat", One(2))));
    }

    [Fact]
    public void A_key_is_added_once()
    {
        var builder = Some.ToBuilder();

        Assert.True(builder.TryAdd("/nodes/c/lan", One(1)));
        Assert.False(builder.TryAdd("/nodes/c/lan", One(2)));
        Assert.False(builder.TryAdd("/nodes/b/lan", One(2)));
        Assert.Equal(One(1).ToArray(), builder.ToImmutable()["/nodes/c/lan"].ToArray());
    }

    private static Dictionary<string, KeyBlock> ByNode(KeySpace keys) => keys.OfNodes().ToDictionary(block => block.Node.ToString());

    private static ReadOnlyMemory<byte> One(byte value) => new[] { value };

    private static IEnumerable<(string, byte)> Pairs(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> keys) => keys.Select(pair => (pair.Key, pair.Value.Span[0]));

    private static IEnumerable<string> NamesBelow(IEnumerable<string> keys, string prefix) => keys
        .Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && key.IndexOf('/', prefix.Length) >= 0)
        .Select(key => key[prefix.Length..key.IndexOf('/', prefix.Length)]).Distinct();
}
