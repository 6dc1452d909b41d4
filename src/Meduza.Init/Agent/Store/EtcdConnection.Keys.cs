using System.Collections.Immutable;
using System.Text;
using Etcdserverpb;
using Google.Protobuf;
using Meduza.Gateway.Model;
using Mvccpb;
using Keys = System.Collections.Immutable.ImmutableSortedDictionary<string, System.ReadOnlyMemory<byte>>;

namespace Meduza.Init.Agent.Store;

/// <summary>Reading and writing of keys.</summary>
internal sealed partial class EtcdConnection
{
    /// <summary>etcd's limit on the operations of one transaction (<c>--max-txn-ops</c>).</summary>
    public const int MostOperations = 128;

    /// <summary>The commit in force and the host records, at one revision: the one to watch from.</summary>
    public async Task<(CommitMark Commit, Keys Hosts, long Revision)> ReadTriggersAsync(CancellationToken cancellation)
    {
        var request = new TxnRequest();
        request.Success.Add(new RequestOp { RequestRange = new() { Key = ByteString.CopyFromUtf8(CommitKey) } });
        request.Success.Add(new RequestOp { RequestRange = Prefix(HostsPrefix) });
        var answer = await CallAsync(options => _kv.TxnAsync(request, options), cancellation);
        var commit = answer.Responses[0].ResponseRange.Kvs is [var kv] ? MarkOf(kv) : CommitMark.None;
        var hosts = ToKeys(answer.Responses[1].ResponseRange.Kvs);
        return (commit, hosts, answer.Header.Revision);
    }

    /// <summary>The host records as they are now.</summary>
    public async Task<Keys> ReadHostsAsync(CancellationToken cancellation)
    {
        var answer = await CallAsync(options => _kv.RangeAsync(Prefix(HostsPrefix), options), cancellation);
        return ToKeys(answer.Kvs);
    }

    /// <summary>All keys that commits are about, as they stood at <paramref name="revision"/> (0: as they are now).</summary>
    /// <exception cref="EtcdException"><see cref="EtcdFailure.Compacted"/>: etcd no longer knows that revision.</exception>
    public Task<Snapshot> ReadKeysAsync(long revision, CancellationToken cancellation) =>
        ReadAsync([GlobalPrefix, NodesPrefix], revision, cancellation);

    /// <summary>All keys under some prefixes, at one revision (0: as they are now).</summary>
    /// <inheritdoc cref="ReadKeysAsync"/>
    public async Task<Snapshot> ReadAsync(IReadOnlyList<string> prefixes, long revision, CancellationToken cancellation)
    {
        var request = new TxnRequest();
        foreach (var prefix in prefixes)
            request.Success.Add(new RequestOp { RequestRange = Prefix(prefix, revision) });
        var answer = await CallAsync(options => _kv.TxnAsync(request, options), cancellation);
        return new(revision == 0 ? answer.Header.Revision : revision,
            ToKeys(answer.Responses.SelectMany(response => response.ResponseRange.Kvs)));
    }

    /// <summary>The names of all keys under <paramref name="prefix"/>.</summary>
    public async Task<ImmutableArray<string>> ListAsync(string prefix, CancellationToken cancellation)
    {
        var request = Prefix(prefix);
        request.KeysOnly = true;
        var answer = await CallAsync(options => _kv.RangeAsync(request, options), cancellation);
        return [.. answer.Kvs.Select(kv => kv.Key.ToStringUtf8())];
    }

    /// <summary>Writes and deletes keys, all in one transaction of at most <see cref="MostOperations"/>.</summary>
    public Task WriteAsync(IEnumerable<(string Key, string Value)> puts, IEnumerable<string> deletes, CancellationToken cancellation) =>
        WriteAsync(puts.Select(put => (put.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(put.Value))), deletes, cancellation);

    /// <inheritdoc cref="WriteAsync(IEnumerable{ValueTuple{string, string}}, IEnumerable{string}, CancellationToken)"/>
    public async Task WriteAsync(
        IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> puts, IEnumerable<string> deletes, CancellationToken cancellation)
    {
        var request = new TxnRequest();
        foreach (var (key, value) in puts)
            request.Success.Add(new RequestOp { RequestPut = new() { Key = ByteString.CopyFromUtf8(key), Value = UnsafeByteOperations.UnsafeWrap(value) } });
        foreach (var key in deletes)
            request.Success.Add(new RequestOp { RequestDeleteRange = new() { Key = ByteString.CopyFromUtf8(key) } });
        if (request.Success.Count > 0)
            await CallAsync(options => _kv.TxnAsync(request, options), cancellation);
    }

    private static RangeRequest Prefix(string prefix, long revision = 0) =>
        new() { Key = ByteString.CopyFromUtf8(prefix), RangeEnd = KeyRange.EndOfPrefix(prefix), Revision = revision };

    private static CommitMark MarkOf(KeyValue kv) => new(kv.Value.ToStringUtf8(), kv.ModRevision);

    /// <remarks>A key's name that is not UTF-8 keeps a replacement character, so that it is reported as unknown, not lost.</remarks>
    private static Keys ToKeys(IEnumerable<KeyValue> kvs)
    {
        var keys = Snapshot.Empty.Keys.ToBuilder();
        foreach (var kv in kvs)
            keys[Encoding.UTF8.GetString(kv.Key.Span)] = kv.Value.Memory;
        return keys.ToImmutable();
    }
}
