using System.Collections.Immutable;
using System.Net;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Golden;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Fuzz;

/// <summary>
/// The example of <c>docs/example</c>, which uses every key, with a few values and names made hostile; and a machine to render
/// it for. Few, since one bad value is enough for there to be nothing that could be rendered.
/// </summary>
internal sealed class HostileFleet
{
    private static readonly string[] Nodes = ["berlin", "paris", "home", "van", "lab"];

    private static readonly ImmutableSortedDictionary<string, byte[]> Good = ReadExample();

    private readonly Random _random;
    private readonly SortedDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);
    private readonly List<string> _done = [];

    private HostileFleet(Random random)
    {
        _random = random;
        foreach (var (key, value) in Good)
            _keys[key] = value;
        Node = Nodes[random.Next(Nodes.Length)];
        Choose("/global/mesh_type", "tinc", "easytier");
        Choose("/global/internal_routing_system", "ospf", "ospf", "bgp");
        for (var n = random.Next(4); n >= 0; n--)
            ChangeSomething();
        var subscription = HostileSubscription.Make(random);
        Machine = new Machine
        {
            FrrHasMgmtd = random.Next(2) == 0,
            WireGuardInKernel = random.Next(2) == 0,
            OpenVpnVersion = new Version(2, 6 + random.Next(2)),
            Users = random.Next(4) == 0 ? [] : new Machine().Users,
            MihomoSecret = random.Next(2) == 0 ? null : new Secret("made-at-the-first-start"),
            Subscriptions = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add("main", subscription),
            DefaultGateway = random.Next(2) == 0 ? null : IPAddress.Parse("192.0.2.254"),
        };
    }

    /// <summary>The fleet that a number stands for: the same one each time.</summary>
    public static HostileFleet Of(int seed, int number) => new(RandomOf(seed, number));

    public static Random RandomOf(int seed, int number) => new(unchecked(seed * 1_000_003 ^ number * 7919));

    public string Node { get; }

    public Machine Machine { get; }

    public KeySet Keys => SetOf(_keys);

    /// <summary>The example as it is.</summary>
    public static KeySet Example => SetOf(Good);

    /// <summary>What was made of the example, in words.</summary>
    public override string ToString() => $"{Node}: {string.Join("; ", _done)}";

    private void ChangeSomething()
    {
        // Other nodes' keys and global ones matter too, but most of what is rendered comes from the node's own.
        var mine = _keys.Keys.Where(key => key.StartsWith($"/nodes/{Node}/", StringComparison.Ordinal)).ToList();
        var keys = mine.Count == 0 || _random.Next(3) == 0 ? [.. _keys.Keys] : mine;
        var key = keys[_random.Next(keys.Count)];
        switch (_random.Next(12))
        {
            case 0:
                Set(key, null);
                break;
            case 1:
                Rename(key);
                break;
            case 2:
                Set(WithoutLast(key) + Encoding.UTF8.GetString(Fragments.Any(_random)), _keys[key]);
                break;
            case 3:
                Set($"/dns/hosts/{Encoding.UTF8.GetString(Fragments.Any(_random))}", "10.0.0.1"u8.ToArray());
                break;
            case 4:
                // A value that is right somewhere else.
                Set(key, _keys.ElementAt(_random.Next(_keys.Count)).Value);
                break;
            case 5 or 6:
                Set(key, Fragments.Any(_random));
                break;
            default:
                Set(key, Planted(_keys[key]));
                break;
        }
    }

    /// <summary>A value with a fragment somewhere in it: at an end, on a line of its own, or in the middle.</summary>
    private byte[] Planted(byte[] value)
    {
        var fragment = Fragments.Any(_random);
        var at = _random.Next(value.Length + 1);
        return _random.Next(6) switch
        {
            0 => [.. fragment, .. value],
            1 => [.. value, .. fragment],
            2 => [.. value, (byte)'\n', .. fragment],
            3 => [.. value, (byte)' ', .. fragment],
            4 => [(byte)'"', .. value, (byte)'"', .. fragment],
            _ => [.. value[..at], .. fragment, .. value[at..]],
        };
    }

    /// <summary>Gives the keys of an instance, a peer or a node another name.</summary>
    private void Rename(string key)
    {
        var parts = key.Split('/');
        var at = _random.Next(2, Math.Max(3, parts.Length - 1));
        if (at >= parts.Length - 1)
            return;
        var from = string.Join('/', parts[..(at + 1)]) + "/";
        var to = string.Join('/', [.. parts[..at], Encoding.UTF8.GetString(Fragments.Any(_random))]) + "/";
        foreach (var (old, value) in _keys.Where(pair => pair.Key.StartsWith(from, StringComparison.Ordinal)).ToList())
        {
            _keys.Remove(old);
            _keys[to + old[from.Length..]] = value;
        }
        _done.Add($"{from} is {Quoted.Of(to)}");
    }

    private void Choose(string key, params string[] values) => _keys[key] = Encoding.UTF8.GetBytes(values[_random.Next(values.Length)]);

    private void Set(string key, byte[]? value)
    {
        if (value is null)
            _keys.Remove(key);
        else
            _keys[key] = value;
        _done.Add($"{Quoted.Of(key)} = {(value is null ? "nothing" : Quoted.Of(Encoding.UTF8.GetString(value)))}");
    }

    private static KeySet SetOf(IEnumerable<KeyValuePair<string, byte[]>> keys) => new(Snapshot.Empty with
    {
        Keys = KeySpace.Of(keys.Select(pair => KeyValuePair.Create(pair.Key, (ReadOnlyMemory<byte>)pair.Value))),
    });

    private static string WithoutLast(string key) => key[..(key.LastIndexOf('/') + 1)];

    private static ImmutableSortedDictionary<string, byte[]> ReadExample()
    {
        var path = Path.Combine(GoldenTests.Folder(), "../../../docs/example/keys.yaml");
        return ((YamlMap)YamlReader.Read(File.ReadAllBytes(path))).Entries
            .ToImmutableSortedDictionary(entry => entry.Key.Text, entry => Encoding.UTF8.GetBytes(((YamlScalar)entry.Value).Text), StringComparer.Ordinal);
    }
}
