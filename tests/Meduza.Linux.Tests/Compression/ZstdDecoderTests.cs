using System.Text;
using Meduza.Linux.Compression;

namespace Meduza.Linux.Tests.Compression;

public class ZstdDecoderTests
{
    /// <summary>Of zstd(1) 1.5.4: <c>printf 'meduza meduza meduza meduza\n' | zstd -19 | od -An -tx1</c>, a checksum at its end.</summary>
    private static readonly byte[] Frame = Convert.FromHexString("28B52FFD0468750000406D6564757A61200A0100A28B11983D21C6");

    private static readonly byte[] Content = "meduza meduza meduza meduza\n"u8.ToArray();

    [Fact]
    public void What_is_packed_is_the_content_again_whatever_the_room()
    {
        Assert.True(ZstdDecoder.IsThere);
        for (var room = 1; room <= Content.Length + 1; room++)
        {
            var (unpacked, isAtEnd) = Unpack(Frame, Frame.Length, room);
            Assert.Equal(Content, unpacked);
            Assert.True(isAtEnd);
        }
    }

    [Fact]
    public void What_comes_a_byte_at_a_time_is_the_same_and_ends_only_at_the_end()
    {
        for (var length = 0; length < Frame.Length; length++)
            Assert.False(Unpack(Frame[..length], 1, 100).IsAtEnd);
        Assert.Equal(Content, Unpack(Frame, 1, 100).Content);
    }

    [Fact]
    public void Two_frames_are_one_after_the_other()
    {
        var (unpacked, isAtEnd) = Unpack([.. Frame, .. Frame], 7, 5);
        Assert.Equal([.. Content, .. Content], unpacked);
        Assert.True(isAtEnd);
    }

    [Fact]
    public void What_is_something_else_or_was_changed_is_refused()
    {
        using var other = new ZstdDecoder();
        Assert.False(other.TryDecompress("no zstd at all"u8, new byte[100], out _, out _));

        byte[] changed = [.. Frame];
        changed[^1] ^= 1;
        using var decoder = new ZstdDecoder();
        Assert.False(decoder.TryDecompress(changed, new byte[100], out _, out _));
    }

    /// <summary>RFC 8878, 3.1.1.1: no single segment, a window descriptor of exponent 14 (16 MiB), and a raw block of one byte, the last.</summary>
    [Fact]
    public void What_looks_back_farther_than_a_server_may_demand_is_refused()
    {
        using var decoder = new ZstdDecoder();
        Assert.False(decoder.TryDecompress(Convert.FromHexString("28B52FFD007009000061"), new byte[100], out _, out _));
        using var within = new ZstdDecoder();
        var to = new byte[100];
        Assert.True(within.TryDecompress(Convert.FromHexString("28B52FFD006809000061"), to, out _, out var written));
        Assert.Equal("a", Encoding.ASCII.GetString(to, 0, written));
    }

    private static (byte[] Content, bool IsAtEnd) Unpack(byte[] packed, int atOnce, int room)
    {
        using var decoder = new ZstdDecoder();
        List<byte> content = [];
        var to = new byte[room];
        foreach (var chunk in packed.Chunk(atOnce))
        {
            for (var rest = chunk.AsSpan(); ;)
            {
                Assert.True(decoder.TryDecompress(rest, to, out var consumed, out var written));
                content.AddRange(to.AsSpan(0, written));
                rest = rest[consumed..];
                if (rest.IsEmpty && (written < room || decoder.IsAtEnd))
                    break;
            }
        }
        return ([.. content], decoder.IsAtEnd);
    }
}
