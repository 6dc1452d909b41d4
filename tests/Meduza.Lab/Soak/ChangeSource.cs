namespace Meduza.Lab.Soak;

/// <summary>
/// Random changes of the model fleet's keys, the same ones for the same seed. All but the wrong ones are valid: most cost a
/// daemon nothing, some restart one, a few switch a part off or on.
/// </summary>
/// <param name="random">All decisions come from it, and from nothing that happens.</param>
/// <param name="keys">The keys as they are, changed by what is drawn.</param>
internal sealed partial class ChangeSource(Random random, SortedDictionary<string, string> keys)
{
    /// <summary>How many of a hundred changes are of a kind.</summary>
    private static readonly (int Weight, Func<ChangeSource, Change> Draw)[] Kinds =
    [
        (12, s => s.HostRecord()),
        (14, s => s.WireGuardPeer()),
        (3, s => s.WireGuardSwap()),
        (4, s => s.WireGuardDevice()),
        (10, s => s.AbsentTincNode()),
        (12, s => s.Filter()),
        (5, s => s.BgpGlobals()),
        (7, s => s.BgpOfLink()),
        (7, s => s.Lans()),
        (4, s => s.PortForwards()),
        (3, s => s.NetworkMapping()),
        (4, s => s.OspfValue()),
        (2, s => s.RouterId()),
        (1, s => s.HealthPort()),
        (2, _ => new("nothing")),
        (1, s => s.UnknownKey()),
        (2, s => s.OpenVpnValue()),
        (2, s => s.SpareOpenVpn()),
        (2, s => s.TincOfNode()),
        (1, s => s.Toggle()),
        (2, s => s.Wrong()),
    ];

    /// <summary>What undoes the wrong change drawn last: a wrong one stands alone.</summary>
    private Change? _undo;

    /// <summary>The next change; the keys are as after it.</summary>
    public Change Next()
    {
        var change = _undo ?? Drawn();
        _undo = null;
        if (change.IsWrong)
            _undo = new($"undone: {change.What}") { Edits = [.. change.Edits.Select(edit => (edit.Key, keys.GetValueOrDefault(edit.Key)))] };
        List<string> withRouting = [.. ModelFleet.Nodes.Where(HasRouting)];
        foreach (var (key, value) in change.Edits)
        {
            if (value is null)
                keys.Remove(key);
            else
                keys[key] = value;
        }
        // The daemons of FRR that all others need go with the last of these, and come with the first.
        var routing = ModelFleet.Nodes.Where(node => !withRouting.Contains(node) || !HasRouting(node));
        return change with { Restarts = [.. change.Restarts, .. routing.SelectMany(node => ((string[])["zebra", "staticd"]).Select(name => new Daemon(node, name)))] };
    }

    private bool HasRouting(string node) =>
        IsOn($"/nodes/{node}/bgp/enable") || (IsOn($"/nodes/{node}/ospf/enable") && keys["/global/internal_routing_system"] == "ospf");

    /// <summary>True while a wrong value is among the keys.</summary>
    public bool IsWrongNow => _undo is not null;

    private Change Drawn()
    {
        var at = random.Next(Kinds.Sum(kind => kind.Weight));
        foreach (var (weight, draw) in Kinds)
        {
            if ((at -= weight) < 0)
                return draw(this);
        }
        throw new InvalidOperationException("the weights have another sum");
    }

    private Change HostRecord()
    {
        var key = $"/dns/hosts/h{random.Next(30)}.soak";
        var addresses = string.Join('\n', Enumerable.Range(0, 1 + random.Next(2)).Select(_ => $"10.{random.Next(1, 4)}.{random.Next(256)}.{random.Next(1, 255)}"));
        return new Change("a host record") { Edits = [(key, Chance(4) ? null : addresses)], IsCommitted = false };
    }

    private Change PortForwards()
    {
        var node = AnyNode();
        var ports = Enumerable.Range(8000, 6).Where(_ => Chance(2)).ToList();
        var value = string.Join('\n', ports.Select(port => $"{port}:10.{ModelFleet.NumberOf(node)}.0.2:{80 + random.Next(4)}"));
        return Set("port forwards", $"/nodes/{node}/portforward", ports.Count == 0 ? null : value);
    }

    private Change NetworkMapping()
    {
        var node = AnyNode();
        var number = ModelFleet.NumberOf(node);
        return Set("a network mapping", $"/nodes/{node}/network_mapping/10.{number}.0.0/24", Chance(3) ? null : $"10.{70 + number}.{random.Next(3)}.0/24");
    }

    private Change HealthPort()
    {
        var node = AnyNode();
        return new Change("the port for probes")
        {
            Edits = [($"/nodes/{node}/healthy/enable", Chance(2) ? "true" : "false"), ($"/nodes/{node}/healthy/port", $"{9000 + random.Next(3)}")],
        };
    }

    private Change UnknownKey() => Set("a key that nobody knows", $"/nodes/{AnyNode()}/surely_not_a_key", Chance(2) ? null : $"{random.Next(100)}");

    /// <summary>One value of one key, or its removal.</summary>
    private static Change Set(string what, string key, string? value, params IReadOnlyList<Daemon> restarts) => new(what) { Edits = [(key, value)], Restarts = restarts };

    private string AnyNode() => Any(ModelFleet.Nodes);

    private T Any<T>(IReadOnlyList<T> among) => among[random.Next(among.Count)];

    /// <summary>True one time of so many.</summary>
    private bool Chance(int of) => random.Next(of) == 0;

    private bool IsOn(string key) => keys.GetValueOrDefault(key) == "true";
}
