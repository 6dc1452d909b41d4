using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store.Messages;
using Keys = System.Collections.Immutable.ImmutableSortedDictionary<string, System.ReadOnlyMemory<byte>>;

namespace Meduza.Init.Agent.Store;

/// <summary>Reading and writing of keys.</summary>
internal sealed partial class EtcdConnection
{
    /// <summary>etcd's limit on the operations of one transaction (<c>--max-txn-ops</c>).</summary>
    public const int MostOperations = 128;

    private static readonly ImmutableArray<string> CommittedPrefixes = [GlobalPrefix, NodesPrefix];

    /// <summary>The commit in force and the host records, at one revision: the one to watch from.</summary>
    public async Task<(CommitMark Commit, Keys Hosts, long Revision)> ReadTriggersAsync(CancellationToken cancellation)
    {
        var answer = await ReadTogetherAsync([EtcdRequests.RangeOf(CommitKey), EtcdRequests.RangeOfPrefix(HostsPrefix)], cancellation);
        var commit = answer.Ranges[0].Keys is [var key] ? MarkOf(key) : CommitMark.None;
        return (commit, ToKeys(answer.Ranges[1].Keys), answer.Revision);
    }

    /// <summary>The host records as they are now.</summary>
    public async Task<Keys> ReadHostsAsync(CancellationToken cancellation)
    {
        var range = await CallAsync(EtcdRequests.Range, EtcdRequests.RangeOfPrefix(HostsPrefix), RangeAnswer.Read, cancellation);
        return ToKeys(range.Keys);
    }

    /// <summary>The keys that commits are about, as they stood at <paramref name="revision"/> (0: as they are now).</summary>
    /// <param name="isWanted">Whether a key is kept; the others are forgotten, but counted.</param>
    /// <exception cref="EtcdException"><see cref="EtcdFailure.Compacted"/>: etcd no longer knows that revision.</exception>
    public async Task<KnownKeys> ReadKeysAsync(long revision, Func<string, bool> isWanted, CancellationToken cancellation)
    {
        var answer = await ReadTogetherAsync([.. CommittedPrefixes.Select(prefix => EtcdRequests.RangeOfPrefix(prefix, revision))], cancellation);
        var snapshot = new Snapshot(revision == 0 ? answer.Revision : revision, ToKeys(answer.Ranges.SelectMany(range => range.Keys), isWanted));
        return new(snapshot, answer.Ranges.Sum(range => (long)range.Keys.Count));
    }

    /// <summary>The same, from what was read at an earlier revision: only what was written since comes over the wire.</summary>
    /// <param name="known">What was read from this etcd before.</param>
    /// <param name="revision">No earlier than that.</param>
    /// <param name="isWanted">As it was then.</param>
    /// <returns>Null where keys were deleted since: etcd cannot be asked which, so that all must be read.</returns>
    /// <exception cref="EtcdException"><see cref="EtcdFailure.Compacted"/>: etcd no longer knows that revision.</exception>
    public async Task<KnownKeys?> ReadChangesAsync(KnownKeys known, long revision, Func<string, bool> isWanted, CancellationToken cancellation)
    {
        var answer = await ReadTogetherAsync(
            [.. CommittedPrefixes.SelectMany(prefix => (ProtobufWriter[])[
                EtcdRequests.RangeOfPrefix(prefix, revision, writtenSince: known.Snapshot.Revision + 1), EtcdRequests.CountOfPrefix(prefix, revision)])],
            cancellation);
        var pairs = answer.Ranges.Chunk(2).ToList();
        var changes = pairs.SelectMany(pair => pair[0].Keys).ToList();
        var total = pairs.Sum(pair => pair[1].Count);
        // A key that was deleted and made again counts as made and as deleted: it was known, and is not one more.
        if (known.Count + changes.Count(key => key.CreateRevision > known.Snapshot.Revision) != total)
            return null;
        var keys = known.Snapshot.Keys.SetItems(ToKeys(changes, isWanted));
        return new(new(revision, keys), total);
    }

    /// <summary>All keys under some prefixes, at one revision (0: as they are now).</summary>
    /// <exception cref="EtcdException">It cannot be read.</exception>
    public async Task<Snapshot> ReadAsync(IReadOnlyList<string> prefixes, long revision, CancellationToken cancellation)
    {
        var answer = await ReadTogetherAsync([.. prefixes.Select(prefix => EtcdRequests.RangeOfPrefix(prefix, revision))], cancellation);
        return new(revision == 0 ? answer.Revision : revision, ToKeys(answer.Ranges.SelectMany(range => range.Keys)));
    }

    /// <summary>The names of all keys under <paramref name="prefix"/>.</summary>
    public async Task<ImmutableArray<string>> ListAsync(string prefix, CancellationToken cancellation)
    {
        var range = await CallAsync(EtcdRequests.Range, EtcdRequests.RangeOfPrefix(prefix, keysOnly: true), RangeAnswer.Read, cancellation);
        return [.. range.Keys.Select(key => Encoding.UTF8.GetString(key.Key.Span))];
    }

    /// <summary>Writes and deletes keys, all in one transaction of at most <see cref="MostOperations"/>.</summary>
    public Task WriteAsync(IEnumerable<(string Key, string Value)> puts, IEnumerable<string> deletes, CancellationToken cancellation) =>
        WriteAsync(puts.Select(put => (put.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(put.Value))), deletes, cancellation);

    /// <inheritdoc cref="WriteAsync(IEnumerable{ValueTuple{string, string}}, IEnumerable{string}, CancellationToken)"/>
    public async Task WriteAsync(
        IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> puts, IEnumerable<string> deletes, CancellationToken cancellation)
    {
        var operations = new List<ProtobufWriter>();
        foreach (var (key, value) in puts)
            operations.Add(EtcdRequests.OperationOfPut(EtcdRequests.PutOf(key, value.Span)));
        foreach (var key in deletes)
            operations.Add(EtcdRequests.OperationOfDelete(EtcdRequests.DeleteOf(key)));
        if (operations.Count > 0)
            await CallAsync(EtcdRequests.Txn, EtcdRequests.TxnOf(operations), cancellation);
    }

    /// <summary>Several ranges at one revision.</summary>
    private async Task<TxnAnswer> ReadTogetherAsync(IReadOnlyCollection<ProtobufWriter> ranges, CancellationToken cancellation)
    {
        var answer = await CallAsync(EtcdRequests.Txn, EtcdRequests.TxnOf(ranges.Select(EtcdRequests.OperationOfRange)), TxnAnswer.Read, cancellation);
        return answer.Ranges.Count == ranges.Count ? answer : throw Describe(new InvalidDataException("another number of ranges than was asked for"));
    }

    private static CommitMark MarkOf(EtcdKey key) => new(Encoding.UTF8.GetString(key.Value.Span), key.ModRevision);

    /// <remarks>A key's name that is not UTF-8 keeps a replacement character, so that it is reported as unknown, not lost.</remarks>
    private static Keys ToKeys(IEnumerable<EtcdKey> read, Func<string, bool>? isWanted = null)
    {
        var keys = Snapshot.Empty.Keys.ToBuilder();
        foreach (var key in read)
        {
            var name = Encoding.UTF8.GetString(key.Key.Span);
            // A copy: what is kept must not keep the whole answer.
            if (isWanted is null || isWanted(name))
                keys[name] = key.Value.ToArray();
        }
        return keys.ToImmutable();
    }
}
