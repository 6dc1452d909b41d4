using System.Text;
using CsCheck;
using Meduza.Init.Agent.Store.Messages;

namespace Meduza.Init.Tests.Agent.Store.Messages;

/// <summary>The bytes are those of the generated classes of etcd's own protocol files.</summary>
public sealed class EtcdMessageTests
{
    [Fact]
    public void A_range_of_a_prefix_has_its_end_a_revision_and_the_wish_for_names_only() => Assert.Equal(
        "0A032F612F" + "12032F6130" + "20AC02" + "4001", Hex(EtcdRequests.RangeOfPrefix("/a/", 300, keysOnly: true)));

    [Fact]
    public void A_range_of_what_was_written_since_names_the_first_revision_that_counts() => Assert.Equal(
        "0A032F612F" + "12032F6130" + "2009" + "5008", Hex(EtcdRequests.RangeOfPrefix("/a/", 9, writtenSince: 8)));

    [Fact]
    public void A_count_wants_no_keys() => Assert.Equal("0A032F612F" + "12032F6130" + "2009" + "4801", Hex(EtcdRequests.CountOfPrefix("/a/", 9)));

    [Fact]
    public void A_range_as_it_is_now_has_no_revision() => Assert.Equal("0A032F612F12032F6130", Hex(EtcdRequests.RangeOfPrefix("/a/")));

    [Fact]
    public void A_transaction_holds_its_operations_in_order() => Assert.Equal(
        "1209" + "1207" + "0A022F61" + "120178"     // put /a = x
        + "1206" + "1A04" + "0A022F62"              // delete /b
        + "1206" + "0A04" + "0A022F63",             // range /c
        Hex(EtcdRequests.TxnOf([
            EtcdRequests.OperationOfPut(EtcdRequests.PutOf("/a", "x"u8)),
            EtcdRequests.OperationOfDelete(EtcdRequests.DeleteOf("/b")),
            EtcdRequests.OperationOfRange(EtcdRequests.RangeOf("/c"))])));

    [Fact]
    public void A_put_without_a_value_has_none_and_one_on_a_lease_has_that() =>
        Assert.Equal("0A022F6118FFFFFFFFFFFFFFFF7F", Hex(EtcdRequests.PutOf("/a", [], long.MaxValue)));

    [Fact]
    public void A_watch_begins_at_a_revision_and_wants_to_hear_of_progress() =>
        Assert.Equal("0A0E" + "0A032F612F" + "12032F6130" + "1805" + "2001", Hex(EtcdRequests.WatchOf("/a/", isPrefix: true, 5)));

    [Fact]
    public void An_answer_of_a_transaction_has_its_revision_and_its_ranges()
    {
        var key = new ProtobufWriter().Text(1, "/a").Number(2, 3).Number(3, 4).Number(4, 1).Bytes(5, "x"u8);
        var range = new ProtobufWriter().Message(1, new ProtobufWriter()).Message(2, key).Message(2, new ProtobufWriter()).Number(4, 2);
        var message = new ProtobufWriter().Message(1, new ProtobufWriter().Number(1, 9).Number(3, 1234)).Flag(2, true)
            .Message(3, new ProtobufWriter().Message(1, range)).Message(3, new ProtobufWriter().Message(2, new ProtobufWriter()));

        var answer = TxnAnswer.Read(message.Written);

        Assert.Equal((1234, 2), (answer.Revision, answer.Ranges.Count));
        var first = answer.Ranges[0].Keys[0];
        Assert.Equal(("/a", "x", 4L), (Text(first.Key), Text(first.Value), first.ModRevision));
        Assert.Equal((3, 2), (first.CreateRevision, answer.Ranges[0].Count));
        Assert.True(answer.Ranges[0].Keys[1].Key.IsEmpty);
        Assert.Empty(answer.Ranges[1].Keys);
    }

    [Fact]
    public void A_watch_tells_of_puts_and_deletes_and_of_its_own_end()
    {
        var put = new ProtobufWriter().Message(2, new ProtobufWriter().Text(1, "/a").Number(3, 7));
        var delete = new ProtobufWriter().Number(1, 1).Message(2, new ProtobufWriter().Text(1, "/b").Number(3, 8));
        var answer = WatchAnswer.Read(new ProtobufWriter().Message(11, put).Message(11, delete).Written);
        Assert.Equal([(false, "/a", 7), (true, "/b", 8)], answer.Events.Select(e => (e.IsDeleted, Text(e.Key.Key), e.Key.ModRevision)));
        Assert.False(answer.IsCanceled);

        var end = WatchAnswer.Read(new ProtobufWriter().Flag(4, true).Number(5, 99).Text(6, "compacted").Written);
        Assert.Equal((true, 99, "compacted"), (end.IsCanceled, end.CompactRevision, end.CancelReason));
    }

    [Fact]
    public void Fields_of_every_kind_that_nobody_knows_are_passed_over() =>
        Assert.Equal(5, OneField.Number(Convert.FromHexString("39" + "0102030405060708" + "3D" + "01020304" + "A206" + "01" + "FF" + "1805"), 3));

    [Theory]
    [InlineData("0A05")]                        // five bytes, and there are none
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")]      // more than fit into any memory
    [InlineData("08")]                          // a number that is not there
    [InlineData("08FFFFFFFFFFFFFFFFFFFFFF01")]  // one that does not end
    [InlineData("0B")]                          // a group, which etcd never sends
    [InlineData("3901")]                        // half a fixed number
    public void A_message_that_lies_is_none(string hex) =>
        Assert.Throws<InvalidDataException>(() => OneField.Number(Convert.FromHexString(hex), 1));

    [Fact]
    public void Bytes_that_are_no_message_end_in_that_error_and_nothing_else() =>
        Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            try
            {
                TxnAnswer.Read(bytes);
                WatchAnswer.Read(bytes);
            }
            catch (InvalidDataException)
            {
            }
        });

    private static string Hex(ProtobufWriter message) => Convert.ToHexString(message.Written.Span);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
