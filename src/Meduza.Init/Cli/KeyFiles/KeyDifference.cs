using System.Collections.Immutable;
using Meduza.Gateway.Model;

namespace Meduza.Init.Cli.KeyFiles;

/// <summary>What must be written so that etcd holds what a file holds.</summary>
/// <param name="Puts">Keys that are not there, or have another value; sorted.</param>
/// <param name="Unchanged">How many are there already.</param>
/// <param name="Deletes">Keys of etcd that the file does not have; sorted, and empty without pruning.</param>
/// <param name="LeftOut">How many keys of the file are not an operator's to write, or not below the prefixes.</param>
internal sealed record KeyDifference(
    ImmutableArray<KeyValuePair<string, ReadOnlyMemory<byte>>> Puts, int Unchanged, ImmutableArray<string> Deletes, int LeftOut)
{
    /// <summary>
    /// A prefix of which the file holds no key at all is never pruned: it is a file about something else, not one that wants
    /// all of it gone.
    /// </summary>
    /// <param name="file">What is to be.</param>
    /// <param name="etcd">What is, below the prefixes.</param>
    /// <param name="prefixes">What the import is about: everything outside is left alone.</param>
    /// <param name="prune">True where what the file does not have must go.</param>
    public static KeyDifference Of(Snapshot file, Snapshot etcd, ImmutableArray<string> prefixes, bool prune)
    {
        bool IsMeant(string key) => !KeyAccess.IsGateways(key) && prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));
        var meant = file.Keys.Where(key => IsMeant(key.Key)).ToImmutableArray();
        var puts = meant.Where(key => !etcd.Keys.TryGetValue(key.Key, out var there) || !there.Span.SequenceEqual(key.Value.Span)).ToImmutableArray();
        var pruned = prune
            ? prefixes.Where(prefix => meant.Any(key => key.Key.StartsWith(prefix, StringComparison.Ordinal))).ToImmutableArray()
            : [];
        return new(
            puts,
            meant.Length - puts.Length,
            [.. etcd.Keys.Keys.Where(key => IsMeant(key) && !file.Keys.ContainsKey(key) && pruned.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)))],
            file.Keys.Count - meant.Length);
    }
}
