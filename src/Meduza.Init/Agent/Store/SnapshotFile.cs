using System.IO.Hashing;
using Etcdserverpb;
using Google.Protobuf;
using Meduza.Gateway.Model;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// A commit as it lies on disk, to be applied when etcd cannot be asked.
/// <code>
/// 0   8   "MEDUZA", 0, the version of this layout (1)
/// 8   16  XXH128 of all that follows
/// 24      a RangeResponse of etcd's: its header has the revision, the first key is /commit (where there was one), then
///         come the keys, sorted; a note of ours, where there is one, has the empty key, which etcd has not
/// </code>
/// </summary>
internal static class SnapshotFile
{
    private const int ChecksumAt = 8, BodyAt = ChecksumAt + 16;

    private static ReadOnlySpan<byte> Magic => "MEDUZA\0\u0001"u8;

    /// <summary>The file's content.</summary>
    /// <param name="note">What is to be remembered with it, in the same file so that neither is there without the other; none where it is empty.</param>
    public static byte[] Write(CommitMark mark, Snapshot snapshot, ReadOnlyMemory<byte> note = default)
    {
        var answer = new RangeResponse { Header = new() { Revision = snapshot.Revision } };
        if (mark.Revision > 0)
            answer.Kvs.Add(new KeyValue { Key = ByteString.CopyFromUtf8(EtcdConnection.CommitKey), Value = ByteString.CopyFromUtf8(mark.Value), ModRevision = mark.Revision });
        if (!note.IsEmpty)
            answer.Kvs.Add(new KeyValue { Value = UnsafeByteOperations.UnsafeWrap(note) });
        foreach (var (key, value) in snapshot.Keys)
            answer.Kvs.Add(new KeyValue { Key = ByteString.CopyFromUtf8(key), Value = UnsafeByteOperations.UnsafeWrap(value) });

        var file = new byte[BodyAt + answer.CalculateSize()];
        Magic.CopyTo(file);
        answer.WriteTo(file.AsSpan(BodyAt));
        XxHash128.Hash(file.AsSpan(BodyAt), file.AsSpan(ChecksumAt));
        return file;
    }

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="InvalidDataException">It is damaged, cut off, something else, or of another version.</exception>
    public static KeptCommit Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < BodyAt || !file.StartsWith(Magic[..^1]))
            throw new InvalidDataException("it is no snapshot, or one that was cut off");
        if (file[Magic.Length - 1] != Magic[^1])
            throw new InvalidDataException($"it is of version {file[Magic.Length - 1]}, and this program knows version {Magic[^1]}");
        if (!XxHash128.Hash(file[BodyAt..]).AsSpan().SequenceEqual(file[ChecksumAt..BodyAt]))
            throw new InvalidDataException("its checksum is wrong: it is damaged");
        RangeResponse answer;
        try
        {
            answer = RangeResponse.Parser.ParseFrom(file[BodyAt..]);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InvalidDataException("what it holds are no keys", e);
        }
        var mark = CommitMark.None;
        ReadOnlyMemory<byte> note = default;
        var keys = KeySpace.Empty.ToBuilder();
        foreach (var kv in answer.Kvs)
        {
            if (kv.ModRevision > 0)
                mark = new(kv.Value.ToStringUtf8(), kv.ModRevision);
            else if (kv.Key.IsEmpty)
                note = kv.Value.Memory;
            else
                keys[kv.Key.ToStringUtf8()] = kv.Value.Memory;
        }
        return new(mark, new(answer.Header?.Revision ?? 0, keys.ToImmutable())) { Note = note };
    }
}
