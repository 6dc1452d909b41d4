using CsCheck;
using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Generic;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Netlink.WireGuard;

namespace Meduza.Linux.Tests.Netlink;

/// <summary>No bytes crash the readers, make them loop, or let them see past the end.</summary>
public class HostileMessageTests
{
    // Answers of a kernel 6.18 about a veth device and its IPv4 address, cut to the attributes that are read.
    private static readonly byte[] Sample = Convert.FromHexString(
        "40000000100002000100000000000000" + "00000100030000004310010000000000" + "0700030076300000" + "0800040078050000"
        + "10001a000c0002000400010008000000"
        + "30000000140002000100000000000000" + "0218800003000000" + "080001000a010203" + "080002000a010203" + "0700030076300000"
        + "34000000020000030100000000000000" + "9dffffff" + "28000000150005000100000000000000" + "0f000100" + "416464726573730a000000"
        + "00"
        // A route and a rule, as ip(8) asks for them.
        + "4c000000180002000100000000000000" + "02100000fe04000100000000" + "080001000a060000" + "080005000a010201" + "080007000a010203"
        + "0800040003000000" + "0c000800" + "0800020014050000" + "04000900"
        + "44000000200002000100000000000000" + "020010000000000100000000" + "0800060065000000" + "080002000a010000" + "0700030076300000"
        + "08000f00e8030000" + "0500150063000000"
        // A peer of a WireGuard device, and the number of its family.
        + "c00000001f0002000100000000000000" + "00010000" + "0800020077673000" + "060006006cca0000" + "94000880" + "90000080"
        + "24000100c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038" + "140004000200ca6dc00002010000000000000000"
        + "14000600000000660000000000000000f0490200" + "48000980" + "1c000080" + "0600010002000000" + "080002000a010000" + "0500030010000000"
        + "28000080" + "060001000a000000" + "1400020020010db8000100000000000000000000" + "0500030030000000"
        + "24000000100000000100000000000000" + "01020000" + "0e000200776972656775617264000000" + "060001001f000000");

    private static readonly Gen<byte[]> Mutated = Gen.Select(
        Gen.Int[0, Sample.Length], Gen.Select(Gen.Int[0, Sample.Length - 1], Gen.Byte).Array[0, 12],
        (length, changes) =>
        {
            var bytes = Sample.ToArray();
            foreach (var (at, value) in changes)
                bytes[at] = value;
            return bytes[..length];
        });

    [Fact]
    public void Mutated_messages_are_read_or_refused() => Mutated.Sample(ReadEverything, iter: 50_000);

    [Fact]
    public void Random_bytes_are_read_or_refused() => Gen.Byte.Array[0, 200].Sample(ReadEverything, iter: 50_000);

    [Theory]
    [InlineData("00000000100000000000000000000000")]
    [InlineData("0f000000100000000000000000000000")]
    [InlineData("11000000100000000000000000000000")]
    [InlineData("ffffffff100000000000000000000000")]
    [InlineData("10000000")]
    public void Message_whose_length_is_wrong_ends_the_reading(string bytes)
    {
        var reader = new MessageReader(Convert.FromHexString(bytes));
        Assert.False(reader.TryRead(out _));
        Assert.True(reader.Malformed);
    }

    [Theory]
    [InlineData("00000100")]
    [InlineData("03000100")]
    [InlineData("05000100")]
    [InlineData("ffff0100")]
    [InlineData("0400")]
    public void Attribute_whose_length_is_wrong_ends_the_reading(string bytes) =>
        Assert.False(new AttributeReader(Convert.FromHexString(bytes)).TryRead(out _));

    private static void ReadEverything(byte[] bytes)
    {
        var reader = new MessageReader(bytes);
        var messages = 0;
        while (reader.TryRead(out var message))
        {
            Assert.True(++messages <= bytes.Length / 16);
            Assert.True(message.Payload.IsEmpty || bytes.AsSpan().Overlaps(message.Payload));
            Assert.True(LinkMessages.TryParse(message, out var link) || link == default);
            Assert.True(AddressMessages.TryParse(message, out var address) || address == default);
            Assert.True(RouteMessages.TryParse(message, out var route) || route is null);
            Assert.True(RuleMessages.TryParse(message, out var rule) || rule is null);
            Assert.True(WireGuardMessages.TryParse(message, new GenericFamily(31), out var device) || device is null);
            Assert.True(GenericFamily.TryParse(message, out var family) || family == default);
            if (message.TryRead<LinkHeader>(out _, out var attributes))
                ReadAttributes(attributes, bytes, 0);
            try
            {
                ExtendedAck.ThrowIfError(message, "call", "subject");
            }
            catch (LinuxException)
            {
                // What a refusal is made into; nothing else may come.
            }
        }
    }

    private static void ReadAttributes(AttributeReader attributes, byte[] bytes, int depth)
    {
        var count = 0;
        while (attributes.TryRead(out var attribute))
        {
            Assert.True(++count <= bytes.Length / 4);
            Assert.True(attribute.Value.IsEmpty || bytes.AsSpan().Overlaps(attribute.Value));
            Assert.True(attribute.Text.Length <= attribute.Value.Length);
            attribute.TryGet<ulong>(out _);
            attribute.TryGetAddress(out _);
            if (depth < 4)
                ReadAttributes(attribute.Nested, bytes, depth + 1);
        }
    }
}
