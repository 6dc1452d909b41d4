using System.Security.Cryptography;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store.Messages;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// A commit as it lies on disk, to be applied when etcd cannot be asked.
/// <code>
/// 0   8   "MEDUZA", 0, the version of this layout (1)
/// 8   32  SHA-256 of all that follows
/// 40      a RangeResponse of etcd's: its header has the revision, the first key is /commit (where there was one), and
///         then come the keys, sorted
/// </code>
/// </summary>
internal static class SnapshotFile
{
    private const int ChecksumAt = 8, BodyAt = ChecksumAt + SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "MEDUZA\0\u0001"u8;

    /// <summary>The file's content.</summary>
    public static byte[] Write(CommitMark mark, Snapshot snapshot)
    {
        // ResponseHeader: revision 3. KeyValue: key 1, mod_revision 3, value 5. RangeResponse: header 1, kvs 2.
        var answer = new ProtobufWriter().Message(1, new ProtobufWriter().Number(3, snapshot.Revision));
        if (mark.Revision > 0)
            answer.Message(2, new ProtobufWriter().Text(1, EtcdConnection.CommitKey).Number(3, mark.Revision).Text(5, mark.Value));
        foreach (var (key, value) in snapshot.Keys)
            answer.Message(2, new ProtobufWriter().Text(1, key).Bytes(5, value.Span));

        byte[] file = [.. Magic, .. new byte[SHA256.HashSizeInBytes], .. answer.Written.Span];
        SHA256.HashData(file.AsSpan(BodyAt), file.AsSpan(ChecksumAt));
        return file;
    }

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="InvalidDataException">It is damaged, cut off, something else, or of another version.</exception>
    public static (CommitMark Mark, Snapshot Snapshot) Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < BodyAt || !file.StartsWith(Magic[..^1]))
            throw new InvalidDataException("it is no snapshot, or one that was cut off");
        if (file[Magic.Length - 1] != Magic[^1])
            throw new InvalidDataException($"it is of version {file[Magic.Length - 1]}, and this program knows version {Magic[^1]}");
        if (!SHA256.HashData(file[BodyAt..]).AsSpan().SequenceEqual(file[ChecksumAt..BodyAt]))
            throw new InvalidDataException("its checksum is wrong: it is damaged");
        ReadOnlyMemory<byte> body = file[BodyAt..].ToArray();
        var answer = RangeAnswer.Read(body);
        var revision = OneField.Number(OneField.Bytes(body, 1), 3);
        var mark = CommitMark.None;
        var keys = Snapshot.Empty.Keys.ToBuilder();
        foreach (var key in answer.Keys)
        {
            if (key.ModRevision > 0)
                mark = new(Encoding.UTF8.GetString(key.Value.Span), key.ModRevision);
            else
                keys[Encoding.UTF8.GetString(key.Key.Span)] = key.Value;
        }
        return (mark, new(revision, keys.ToImmutable()));
    }
}
