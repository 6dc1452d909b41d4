using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Etcdserverpb;
using Google.Protobuf;
using Meduza.Gateway.Model;

namespace Meduza.Init.Agent.Store;

/// <summary>Reading and writing of keys.</summary>
internal sealed partial class EtcdConnection
{
    /// <summary>etcd's limit on the operations of one transaction (<c>--max-txn-ops</c>).</summary>
    public const int MostOperations = 128;

    private static readonly ImmutableArray<string> CommittedPrefixes = [GlobalPrefix, NodesPrefix];

    /// <summary>True for a key that commits are about.</summary>
    public static bool IsCommitted(string key) =>
        key.StartsWith(GlobalPrefix, StringComparison.Ordinal) || key.StartsWith(NodesPrefix, StringComparison.Ordinal);

    /// <summary>The newest commit and the host records, at one revision: the one to watch from.</summary>
    public async Task<(LatestCommit Commit, KeySpace Hosts, long Revision)> ReadTriggersAsync(CancellationToken cancellation)
    {
        var request = new TxnRequest();
        request.Success.Add(new RequestOp { RequestRange = new() { Key = ByteString.CopyFromUtf8(CommitKey) } });
        request.Success.Add(new RequestOp { RequestRange = new() { Key = ByteString.CopyFromUtf8(ConfirmKey) } });
        request.Success.Add(new RequestOp { RequestRange = Prefix(HostsPrefix) });
        var answer = await CallAsync(options => _kv.TxnAsync(request, options), cancellation);
        var ranges = answer.Responses.Select(response => response.ResponseRange).ToList();
        return (LatestCommit.Of(ranges[0], ranges[1]), ToKeys(ranges[2].Kvs), answer.Header.Revision);
    }

    /// <summary>The host records as they are now.</summary>
    public async Task<KeySpace> ReadHostsAsync(CancellationToken cancellation)
    {
        var answer = await CallAsync(options => _kv.RangeAsync(Prefix(HostsPrefix), options), cancellation);
        return ToKeys(answer.Kvs);
    }

    /// <summary>The keys that commits are about, as they stood at <paramref name="revision"/> (0: as they are now).</summary>
    /// <param name="isWanted">Whether a key is kept; the others are forgotten, but counted.</param>
    /// <exception cref="EtcdException"><see cref="EtcdFailure.Compacted"/>: etcd no longer knows that revision.</exception>
    public async Task<KnownKeys> ReadKeysAsync(long revision, Func<string, bool> isWanted, CancellationToken cancellation)
    {
        var request = new TxnRequest();
        foreach (var prefix in CommittedPrefixes)
            request.Success.Add(new RequestOp { RequestRange = Prefix(prefix, revision) });
        var answer = await CallAsync(options => _kv.TxnAsync(request, options), cancellation);
        var all = answer.Responses.SelectMany(response => response.ResponseRange.Kvs);
        var snapshot = new Snapshot(revision == 0 ? answer.Header.Revision : revision, ToKeys(all, isWanted));
        return new(snapshot, answer.Responses.Sum(response => (long)response.ResponseRange.Kvs.Count));
    }

    /// <summary>The same, from what was read at an earlier revision: only what was written since comes over the wire.</summary>
    /// <param name="known">What was read from this etcd before.</param>
    /// <param name="revision">No earlier than that; 0 is now.</param>
    /// <param name="isWanted">As it was then.</param>
    /// <returns>Null where keys were deleted since: etcd cannot be asked which, so that all must be read.</returns>
    /// <exception cref="EtcdException"><see cref="EtcdFailure.Compacted"/>: etcd no longer knows that revision.</exception>
    public async Task<KnownKeys?> ReadChangesAsync(KnownKeys known, long revision, Func<string, bool> isWanted, CancellationToken cancellation)
    {
        var request = new TxnRequest();
        foreach (var prefix in CommittedPrefixes)
        {
            var written = Prefix(prefix, revision);
            written.MinModRevision = known.Snapshot.Revision + 1;
            var count = Prefix(prefix, revision);
            count.CountOnly = true;
            request.Success.Add(new RequestOp { RequestRange = written });
            request.Success.Add(new RequestOp { RequestRange = count });
        }
        var answer = await CallAsync(options => _kv.TxnAsync(request, options), cancellation);
        var answers = answer.Responses.Select(response => response.ResponseRange).Chunk(2).ToList();
        var changes = answers.SelectMany(pair => pair[0].Kvs).ToList();
        var total = answers.Sum(pair => pair[1].Count);
        // A key that was deleted and made again counts as made and as deleted: it was known, and is not one more.
        if (known.Count + changes.Count(kv => kv.CreateRevision > known.Snapshot.Revision) != total)
            return null;
        var keys = known.Snapshot.Keys.SetItems(ToKeys(changes, isWanted));
        return new(new(revision == 0 ? answer.Header.Revision : revision, keys), total);
    }

    /// <summary>All keys under some prefixes, at one revision (0: as they are now).</summary>
    /// <exception cref="EtcdException">It cannot be read.</exception>
    public async Task<Snapshot> ReadAsync(IReadOnlyList<string> prefixes, long revision, CancellationToken cancellation)
    {
        var request = new TxnRequest();
        foreach (var prefix in prefixes)
            request.Success.Add(new RequestOp { RequestRange = Prefix(prefix, revision) });
        var answer = await CallAsync(options => _kv.TxnAsync(request, options), cancellation);
        return new(revision == 0 ? answer.Header.Revision : revision,
            ToKeys(answer.Responses.SelectMany(response => response.ResponseRange.Kvs)));
    }

    /// <summary>The names of all keys under <paramref name="prefix"/>, each with the revision at which it was written last.</summary>
    public async Task<ImmutableDictionary<string, long>> ListAsync(string prefix, CancellationToken cancellation)
    {
        var request = Prefix(prefix);
        request.KeysOnly = true;
        var answer = await CallAsync(options => _kv.RangeAsync(request, options), cancellation);
        return answer.Kvs.ToImmutableDictionary(kv => kv.Key.ToStringUtf8(), kv => kv.ModRevision);
    }

    /// <summary>Writes and deletes keys, all in one transaction of at most <see cref="MostOperations"/>.</summary>
    public async Task WriteAsync(
        IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> puts, IEnumerable<string> deletes, CancellationToken cancellation)
    {
        var request = Changes(puts, deletes);
        if (request.Success.Count > 0)
            await WriteAsync(options => _kv.TxnAsync(request, options), cancellation);
    }

    /// <summary>The same, as long as nobody has written a certain key since.</summary>
    /// <param name="guard">That key.</param>
    /// <param name="written">The revision at which it was written last; 0 where it is not there.</param>
    /// <returns>The revision of the transaction; null where somebody has.</returns>
    public async Task<long?> WriteAsync(
        IEnumerable<(string Key, string Value)> puts, IEnumerable<string> deletes, string guard, long written, CancellationToken cancellation)
    {
        var request = Changes(puts.Select(put => (put.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(put.Value))), deletes);
        request.Compare.Add(new Compare
        {
            Key = ByteString.CopyFromUtf8(guard), Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Equal, ModRevision = written,
        });
        var answer = await WriteAsync(options => _kv.TxnAsync(request, options), cancellation);
        return answer.Succeeded ? answer.Header.Revision : null;
    }

    private static TxnRequest Changes(IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> puts, IEnumerable<string> deletes)
    {
        var request = new TxnRequest();
        foreach (var (key, value) in puts)
            request.Success.Add(new RequestOp { RequestPut = new() { Key = ByteString.CopyFromUtf8(key), Value = UnsafeByteOperations.UnsafeWrap(value) } });
        foreach (var key in deletes)
            request.Success.Add(new RequestOp { RequestDeleteRange = new() { Key = ByteString.CopyFromUtf8(key) } });
        return request;
    }

    /// <summary>Writes <c>/commit</c>, unless a key that commits are about was written after somebody looked.</summary>
    /// <param name="value">Free text.</param>
    /// <param name="seen">The revision at which they were looked at.</param>
    /// <param name="confirm">Within how many seconds it is to be confirmed; null for a commit that is not.</param>
    /// <returns>The revision of the commit; null where there are newer keys.</returns>
    public async Task<long?> CommitAsync(string value, long seen, int? confirm, CancellationToken cancellation)
    {
        var request = new TxnRequest();
        foreach (var prefix in CommittedPrefixes)
        {
            // Of a range that holds for every key in it.
            request.Compare.Add(new Compare
            {
                Key = ByteString.CopyFromUtf8(prefix), RangeEnd = KeyRange.EndOfPrefix(prefix),
                Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Less, ModRevision = seen + 1,
            });
        }
        request.Success.Add(Put(CommitKey, value));
        if (confirm is { } seconds)
            request.Success.Add(Put(ConfirmKey, seconds.ToString(CultureInfo.InvariantCulture)));
        var answer = await WriteAsync(options => _kv.TxnAsync(request, options), cancellation);
        return answer.Succeeded ? answer.Header.Revision : null;
    }

    /// <summary>Confirms a commit, if it is still the newest and still waits for that.</summary>
    /// <returns>The revision of the confirmation; null where it is not.</returns>
    public async Task<long?> ConfirmAsync(CommitMark commit, CancellationToken cancellation)
    {
        var request = new TxnRequest();
        foreach (var key in (string[])[CommitKey, ConfirmKey])
        {
            request.Compare.Add(new Compare
            {
                Key = ByteString.CopyFromUtf8(key), Target = Compare.Types.CompareTarget.Mod,
                Result = Compare.Types.CompareResult.Equal, ModRevision = commit.Revision,
            });
        }
        request.Success.Add(new RequestOp { RequestDeleteRange = new() { Key = ByteString.CopyFromUtf8(ConfirmKey) } });
        var answer = await WriteAsync(options => _kv.TxnAsync(request, options), cancellation);
        return answer.Succeeded ? answer.Header.Revision : null;
    }

    private static RequestOp Put(string key, string value) =>
        new() { RequestPut = new() { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) } };

    private static RangeRequest Prefix(string prefix, long revision = 0) =>
        new() { Key = ByteString.CopyFromUtf8(prefix), RangeEnd = KeyRange.EndOfPrefix(prefix), Revision = revision };

    private static KeyChange ChangeOf(Event change) => new(
        change.Kv.Key.ToStringUtf8(), change.Type == Event.Types.EventType.Delete ? (ReadOnlyMemory<byte>?)null : change.Kv.Value.Memory, change.Kv.ModRevision);

    /// <remarks>A key's name that is not UTF-8 keeps a replacement character, so that it is reported as unknown, not lost.</remarks>
    private static KeySpace ToKeys(IEnumerable<KeyValue> kvs, Func<string, bool>? isWanted = null)
    {
        var keys = KeySpace.Empty.ToBuilder();
        foreach (var kv in kvs)
        {
            var key = Encoding.UTF8.GetString(kv.Key.Span);
            if (isWanted is null || isWanted(key))
                keys[key] = kv.Value.Memory;
        }
        return keys.ToImmutable();
    }
}
