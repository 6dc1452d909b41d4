using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Tests.Netlink;

public class MessageWriterTests
{
    [Fact]
    public void Lengths_of_message_and_nested_attributes_are_patched_when_they_end()
    {
        var writer = new MessageWriter(new byte[64]);
        var message = writer.BeginMessage(0x10, 0);
        var outer = writer.BeginNested(1);
        var inner = writer.BeginNested(2);
        writer.WriteAttribute(3, (byte)0xff);
        writer.EndNested(inner);
        writer.EndNested(outer);
        writer.EndMessage(message);
        Assert.Equal(
            "20000000" + "1000" + "0000" + "00000000" + "00000000" + "1000" + "0180" + "0c00" + "0280" + "0500" + "0300" + "ff000000",
            Convert.ToHexStringLower(writer.Written));
    }

    [Fact]
    public void Padding_is_zero_also_in_a_used_buffer()
    {
        var buffer = new byte[16];
        buffer.AsSpan().Fill(0xaa);
        var writer = new MessageWriter(buffer);
        writer.WriteAttribute(7, [1, 2, 3, 4, 5]);
        Assert.Equal("0900" + "0700" + "0102030405" + "000000", Convert.ToHexStringLower(writer.Written));
    }

    [Fact]
    public void Message_longer_than_its_buffer_is_refused() => Assert.Throws<InvalidOperationException>(() =>
    {
        var writer = new MessageWriter(new byte[20]);
        writer.BeginMessage(1, 0);
        writer.WriteAttribute(1, 1u);
    });

    [Fact]
    public void Attribute_longer_than_its_length_field_is_refused() => Assert.Throws<InvalidOperationException>(() =>
    {
        var writer = new MessageWriter(new byte[1 << 17]);
        writer.WriteAttribute(1, new byte[65_532]);
    });

    [Fact]
    public void Two_messages_are_read_as_they_were_written()
    {
        var writer = new MessageWriter(new byte[256]);
        for (ushort type = 1; type <= 2; type++)
        {
            var token = writer.BeginMessage(type, LinuxNetlink.NLM_F_MULTI);
            writer.WriteStruct(new AddressHeader { ifa_index = type });
            writer.WriteAttribute(5, "name");
            writer.WriteAttribute(6, 0x0102030405060708UL);
            writer.EndMessage(token);
        }

        var reader = new MessageReader(writer.Written);
        for (ushort type = 1; type <= 2; type++)
        {
            Assert.True(reader.TryRead(out var message));
            Assert.Equal(type, message.Type);
            Assert.True(message.TryRead<AddressHeader>(out var header, out var attributes));
            Assert.Equal(type, header.ifa_index);
            Assert.True(attributes.TryRead(out var name));
            Assert.Equal("name", name.Text);
            Assert.True(attributes.TryRead(out var number));
            Assert.True(number.TryGet<ulong>(out var value));
            Assert.Equal(0x0102030405060708UL, value);
            Assert.False(attributes.TryRead(out _));
        }
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.Malformed);
    }
}
