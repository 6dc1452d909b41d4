using System.Collections.Frozen;

namespace Meduza.Gateway.Model.Keys;

/// <summary>
/// Which keys of a fleet one node's configuration can depend on: all global ones, its own, and of each other node the
/// few that are for others. So neither a node's memory nor its disk holds another one's secrets.
/// </summary>
public static class KeysOfInterest
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ForOthers = KeyTable.All
        .Where(spec => spec.IsForOthers)
        .Select(spec => spec.Template[(spec.Template.IndexOf('>', StringComparison.Ordinal) + 2)..])
        .ToFrozenSet(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>True unless it is another node's key that <paramref name="node"/> never reads.</summary>
    /// <param name="node">The node's id.</param>
    /// <param name="key">The full key.</param>
    public static bool Hold(string node, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.StartsWith(KeyTable.NodesPrefix, StringComparison.Ordinal))
            return true;
        var below = key.AsSpan(KeyTable.NodesPrefix.Length);
        var slash = below.IndexOf('/');
        return slash < 0 || below[..slash].SequenceEqual(node) || ForOthers.Contains(below[(slash + 1)..]);
    }
}
