namespace Meduza.Gateway.Plan;

/// <summary>What must be known of the commands that our renderer writes, to take them back or to replace them.</summary>
internal static class FrrLine
{
    // Commands of which there is one: a new one takes the place of the old one. '*' stands for one word.
    private static readonly string[][] Slots =
    [
        ["hostname"], ["frr", "defaults"], ["bgp", "router-id"], ["ospf", "router-id"],
        ["neighbor", "*", "remote-as"], ["neighbor", "*", "description"], ["neighbor", "*", "update-source"],
        ["neighbor", "*", "weight"], ["neighbor", "*", "timers", "connect"], ["redistribute", "*"], ["default-information", "originate"],
        ["maximum-paths", "ibgp"], ["maximum-paths"], ["ip", "ospf", "network"],
    ];

    /// <summary>What tells whether two lines take the same place; null for a line that stands for itself alone.</summary>
    public static string? Slot(string line)
    {
        var words = line.Split(' ');
        if (words is ["neighbor", _, "route-map", _, var direction])
            return $"neighbor {words[1]} route-map {direction}";
        foreach (var slot in Slots)
        {
            if (Begins(words, slot))
                return string.Join(' ', words[..slot.Length]);
        }
        return null;
    }

    /// <summary>The command that takes a line back.</summary>
    public static string Removal(string line)
    {
        if (line.StartsWith("no ", StringComparison.Ordinal))
            return line[3..];
        // Without its AS a neighbour is nothing: this takes everything that was said about it.
        if (IsRemoteAs(line))
            return $"no neighbor {Neighbor(line)}";
        // The value of a single command may have changed behind our back; what is taken back is the command.
        return Slot(line) is { } slot && !slot.StartsWith("neighbor", StringComparison.Ordinal) ? $"no {slot}" : $"no {line}";
    }

    /// <summary>The neighbour that a line is about; null where it is about none.</summary>
    public static string? Neighbor(string line) => line.Split(' ') is ["neighbor", var address, ..] ? address : null;

    /// <summary>True for the line by which there is a neighbour.</summary>
    public static bool IsRemoteAs(string line) => line.Split(' ') is ["neighbor", _, "remote-as", ..];

    /// <summary>The name that a line, or a context, defines a part of; null where it defines none.</summary>
    public static string? Definition(string line) => line.Split(' ') switch
    {
        ["ip", "prefix-list", var name, ..] => $"prefix-list {name}",
        ["bgp", "as-path", "access-list", var name, ..] => $"as-path {name}",
        ["bgp", "community-list", _, var name, ..] => $"community-list {name}",
        ["route-map", var name, ..] => $"route-map {name}",
        _ => null,
    };

    /// <summary>True for a context that is written anew when anything in it differs: an entry of a route map.</summary>
    public static bool IsReplacedWhole(string line) => line.StartsWith("route-map ", StringComparison.Ordinal);

    /// <summary>True for a context that cannot be removed, only emptied: a device, a routing table, a family of addresses.</summary>
    public static bool IsEmptied(string line) =>
        line.StartsWith("interface ", StringComparison.Ordinal) || line.StartsWith("vrf ", StringComparison.Ordinal) || IsFamily(line);

    /// <summary>True for what a BGP router says of one family of addresses.</summary>
    public static bool IsFamily(string line) => line.StartsWith("address-family ", StringComparison.Ordinal);

    /// <summary>True for a default of ours that one release or the other does not show while it is in force.</summary>
    public static bool IsUnseenDefault(string line) => line is "ip ospf network broadcast" or "maximum-paths 1" or "maximum-paths ibgp 1";

    private static bool Begins(string[] words, string[] slot)
    {
        if (words.Length < slot.Length)
            return false;
        for (var i = 0; i < slot.Length; i++)
        {
            if (slot[i] != "*" && slot[i] != words[i])
                return false;
        }
        return true;
    }
}
