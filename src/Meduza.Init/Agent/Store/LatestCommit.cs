using Etcdserverpb;
using Google.Protobuf;

namespace Meduza.Init.Agent.Store;

/// <summary>The newest commit, and whether it waits for its confirmation: <c>/commit</c> and <c>/commit/confirm</c> as they stand.</summary>
/// <param name="Mark">The commit.</param>
/// <param name="Note"><c>/commit/confirm</c>; of revision 0 where there is none.</param>
internal sealed record LatestCommit(CommitMark Mark, CommitMark Note)
{
    public static LatestCommit None { get; } = new(CommitMark.None, CommitMark.None);

    /// <summary>
    /// Within how many seconds it is to be confirmed, as somebody wrote it; null for a commit that does not wait. The note
    /// counts only where it was written in the same transaction: one that is older belongs to an earlier commit, and taking
    /// it away is the confirmation.
    /// </summary>
    public string? Confirm => Note.Revision > 0 && Note.Revision == Mark.Revision ? Note.Value : null;

    /// <summary>Both keys in one range, so that one watch tells of both at once: etcd never parts the events of one transaction.</summary>
    internal static WatchCreateRequest Range { get; } =
        new() { Key = ByteString.CopyFromUtf8(EtcdConnection.CommitKey), RangeEnd = KeyRange.EndOfPrefix(EtcdConnection.CommitKey) };

    /// <summary>What they say after some events, those of whole transactions.</summary>
    internal LatestCommit After(IEnumerable<Event> changes)
    {
        var (mark, note) = this;
        foreach (var change in changes)
        {
            var isDeleted = change.Type == Event.Types.EventType.Delete;
            if (change.Kv.Key.Span.SequenceEqual("/commit"u8))
                mark = isDeleted ? new("", change.Kv.ModRevision) : Of(change.Kv);
            else if (change.Kv.Key.Span.SequenceEqual("/commit/confirm"u8))
                note = isDeleted ? CommitMark.None : Of(change.Kv);
        }
        return new(mark, note);
    }

    /// <summary>What they say by the answers to two ranges, of <c>/commit</c> and of <c>/commit/confirm</c>.</summary>
    internal static LatestCommit Of(RangeResponse commit, RangeResponse confirm) =>
        new(commit.Kvs is [var mark] ? Of(mark) : CommitMark.None, confirm.Kvs is [var note] ? Of(note) : CommitMark.None);

    private static CommitMark Of(KeyValue kv) => new(kv.Value.ToStringUtf8(), kv.ModRevision);
}
