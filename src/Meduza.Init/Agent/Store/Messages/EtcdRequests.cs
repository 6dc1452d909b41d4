using System.Text;

namespace Meduza.Init.Agent.Store.Messages;

/// <summary>
/// What a gateway asks etcd, by the field numbers of etcd's <c>rpc.proto</c> (package <c>etcdserverpb</c>). A range of
/// keys goes from a key up to, not including, an end; without an end it is that key.
/// </summary>
internal static class EtcdRequests
{
    public const string Range = "/etcdserverpb.KV/Range";
    public const string Put = "/etcdserverpb.KV/Put";
    public const string Txn = "/etcdserverpb.KV/Txn";
    public const string Watch = "/etcdserverpb.Watch/Watch";
    public const string LeaseGrant = "/etcdserverpb.Lease/LeaseGrant";
    public const string LeaseRevoke = "/etcdserverpb.Lease/LeaseRevoke";
    public const string LeaseKeepAlive = "/etcdserverpb.Lease/LeaseKeepAlive";
    public const string Authenticate = "/etcdserverpb.Auth/Authenticate";

    /// <summary>RangeRequest of one key: key 1.</summary>
    public static ProtobufWriter RangeOf(string key) => new ProtobufWriter().Text(1, key);

    /// <summary>
    /// RangeRequest of all keys that begin with <paramref name="prefix"/>: key 1, range_end 2, revision 4, keys_only 8,
    /// min_mod_revision 10.
    /// </summary>
    public static ProtobufWriter RangeOfPrefix(string prefix, long revision = 0, bool keysOnly = false, long writtenSince = 0) =>
        new ProtobufWriter().Text(1, prefix).Bytes(2, EndOfPrefix(prefix)).Number(4, revision).Flag(8, keysOnly).Number(10, writtenSince);

    /// <summary>The same, of their number alone: count_only 9.</summary>
    public static ProtobufWriter CountOfPrefix(string prefix, long revision) => RangeOfPrefix(prefix, revision).Flag(9, true);

    /// <summary>PutRequest: key 1, value 2, lease 3.</summary>
    public static ProtobufWriter PutOf(string key, ReadOnlySpan<byte> value, long lease = 0) =>
        new ProtobufWriter().Text(1, key).Bytes(2, value).Number(3, lease);

    /// <summary>DeleteRangeRequest of one key: key 1.</summary>
    public static ProtobufWriter DeleteOf(string key) => new ProtobufWriter().Text(1, key);

    /// <summary>RequestOp with a request_range: 1.</summary>
    public static ProtobufWriter OperationOfRange(ProtobufWriter range) => new ProtobufWriter().Message(1, range);

    /// <summary>RequestOp with a request_put: 2.</summary>
    public static ProtobufWriter OperationOfPut(ProtobufWriter put) => new ProtobufWriter().Message(2, put);

    /// <summary>RequestOp with a request_delete_range: 3.</summary>
    public static ProtobufWriter OperationOfDelete(ProtobufWriter delete) => new ProtobufWriter().Message(3, delete);

    /// <summary>TxnRequest without a condition: success 2.</summary>
    public static ProtobufWriter TxnOf(IEnumerable<ProtobufWriter> operations)
    {
        var txn = new ProtobufWriter();
        foreach (var operation in operations)
            txn.Message(2, operation);
        return txn;
    }

    /// <summary>WatchRequest: create_request 1, of key 1, range_end 2, start_revision 3, progress_notify 4.</summary>
    /// <param name="key">The key; with <paramref name="isPrefix"/> all that begin with it.</param>
    public static ProtobufWriter WatchOf(string key, bool isPrefix, long revision) => new ProtobufWriter().Message(
        1, new ProtobufWriter().Text(1, key).Bytes(2, isPrefix ? EndOfPrefix(key) : []).Number(3, revision).Flag(4, true));

    /// <summary>LeaseGrantRequest: TTL 1, in seconds.</summary>
    public static ProtobufWriter LeaseGrantOf(long seconds) => new ProtobufWriter().Number(1, seconds);

    /// <summary>LeaseRevokeRequest and LeaseKeepAliveRequest: ID 1.</summary>
    public static ProtobufWriter LeaseOf(long id) => new ProtobufWriter().Number(1, id);

    /// <summary>AuthenticateRequest: name 1, password 2.</summary>
    public static ProtobufWriter AuthenticateOf(string user, string? password) => new ProtobufWriter().Text(1, user).Text(2, password);

    /// <summary>The end of the range of all keys that begin with <paramref name="prefix"/>: its last byte plus one.</summary>
    /// <remarks>The prefixes here end in <c>/</c>, so the last byte can be counted up.</remarks>
    private static byte[] EndOfPrefix(string prefix)
    {
        var bytes = Encoding.UTF8.GetBytes(prefix);
        bytes[^1]++;
        return bytes;
    }
}
