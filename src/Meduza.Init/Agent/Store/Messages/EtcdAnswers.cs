namespace Meduza.Init.Agent.Store.Messages;

/// <summary>One key as etcd has it (package <c>mvccpb</c>, KeyValue): key 1, create_revision 2, mod_revision 3, value 5.</summary>
/// <param name="CreateRevision">The revision at which it was made.</param>
/// <param name="ModRevision">The revision of its last change.</param>
internal readonly record struct EtcdKey(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, long CreateRevision, long ModRevision)
{
    public static EtcdKey Read(ReadOnlyMemory<byte> message)
    {
        var key = default(EtcdKey);
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            key = reader.Field switch
            {
                1 => key with { Key = reader.Bytes },
                2 => key with { CreateRevision = reader.Number },
                3 => key with { ModRevision = reader.Number },
                5 => key with { Value = reader.Bytes },
                _ => key,
            };
        }
        return key;
    }
}

/// <summary>RangeResponse: kvs 2, count 4.</summary>
/// <param name="Count">How many keys there are, also where they were not asked for.</param>
internal sealed record RangeAnswer(IReadOnlyList<EtcdKey> Keys, long Count)
{
    public static RangeAnswer Read(ReadOnlyMemory<byte> message)
    {
        var keys = new List<EtcdKey>();
        var count = 0L;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 2)
                keys.Add(EtcdKey.Read(reader.Bytes));
            else if (reader.Field == 4)
                count = reader.Number;
        }
        return new(keys, count);
    }
}

/// <summary>TxnResponse: header 1 (its revision 3), responses 3, each with a response_range 1 where one was asked for.</summary>
/// <param name="Ranges">One for each operation, empty where it is no range.</param>
internal sealed record TxnAnswer(long Revision, IReadOnlyList<RangeAnswer> Ranges)
{
    public static TxnAnswer Read(ReadOnlyMemory<byte> message)
    {
        var revision = 0L;
        var ranges = new List<RangeAnswer>();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
                revision = OneField.Number(reader.Bytes, 3);
            else if (reader.Field == 3)
                ranges.Add(RangeAnswer.Read(OneField.Bytes(reader.Bytes, 1)));
        }
        return new(revision, ranges);
    }
}

/// <summary>
/// WatchResponse: canceled 4, compact_revision 5, cancel_reason 6, events 11; an Event is type 1 (1: the key was deleted)
/// and kv 2.
/// </summary>
internal sealed record WatchAnswer(bool IsCanceled, long CompactRevision, string CancelReason, IReadOnlyList<(bool IsDeleted, EtcdKey Key)> Events)
{
    public static WatchAnswer Read(ReadOnlyMemory<byte> message)
    {
        var (canceled, compacted, reason) = (false, 0L, "");
        var events = new List<(bool, EtcdKey)>();
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 4:
                    canceled = reader.Flag;
                    break;
                case 5:
                    compacted = reader.Number;
                    break;
                case 6:
                    reason = reader.Text;
                    break;
                case 11:
                    events.Add((OneField.Number(reader.Bytes, 1) == 1, EtcdKey.Read(OneField.Bytes(reader.Bytes, 2))));
                    break;
            }
        }
        return new(canceled, compacted, reason, events);
    }
}

/// <summary>One field of a message of which nothing else is wanted; its default where it is absent.</summary>
internal static class OneField
{
    public static long Number(ReadOnlyMemory<byte> message, int field)
    {
        var value = 0L;
        var reader = new ProtobufReader(message);
        while (reader.Next())
            value = reader.Field == field ? reader.Number : value;
        return value;
    }

    public static ReadOnlyMemory<byte> Bytes(ReadOnlyMemory<byte> message, int field)
    {
        var value = default(ReadOnlyMemory<byte>);
        var reader = new ProtobufReader(message);
        while (reader.Next())
            value = reader.Field == field ? reader.Bytes : value;
        return value;
    }
}
