using System.Buffers;
using System.Text.Json;
using CsCheck;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Control;

public sealed class FramesTests
{
    private static byte[] Frame(string verb)
    {
        var output = new ArrayBufferWriter<byte>();
        Frames.Write(output, new ControlRequest { Verb = verb }, ControlJson.Write);
        return output.WrittenSpan.ToArray();
    }

    [Fact]
    public void A_frame_is_its_length_in_four_bytes_and_then_its_json()
    {
        var frame = Frame("status");

        Assert.Equal(frame.Length - 4, BitConverter.ToInt32(frame));
        Assert.Equal((byte)'{', frame[4]);
    }

    [Fact]
    public void Frames_are_found_however_the_bytes_are_cut()
    {
        var bytes = Frame("status").Concat(Frame("logs")).Concat(Frame("reconcile")).ToArray();

        Gen.Int[1, bytes.Length].Sample(piece =>
        {
            var verbs = new List<string>();
            var pending = Array.Empty<byte>();
            foreach (var chunk in bytes.Chunk(piece))
            {
                pending = [.. pending, .. chunk];
                var buffer = new ReadOnlySequence<byte>(pending);
                while (Frames.TryRead(ref buffer, out var json))
                    verbs.Add(Frames.Parse(json, ControlJson.ReadControlRequest).Verb);
                pending = buffer.ToArray();
            }
            Assert.Equal(["status", "logs", "reconcile"], verbs);
            Assert.Empty(pending);
        });
    }

    [Theory]
    [InlineData("{\"verb\":\"status\"}{\"verb\":\"stop\"}")]
    [InlineData("{\"verb\":\"status\"} x")]
    public void A_frame_that_holds_more_than_one_message_is_none(string json) => Assert.ThrowsAny<JsonException>(
        () => Frames.Parse(new ReadOnlySequence<byte>(System.Text.Encoding.UTF8.GetBytes(json)), ControlJson.ReadControlRequest));

    [Fact]
    public void A_length_beyond_the_limit_is_refused_before_anything_is_kept()
    {
        var buffer = new ReadOnlySequence<byte>([0xff, 0xff, 0xff, 0xff]);

        Assert.Throws<InvalidDataException>(() => Frames.TryRead(ref buffer, out _));
    }

    [Fact]
    public void Bytes_that_are_no_message_end_in_a_json_error_and_nothing_else() =>
        Gen.Byte.Array[0, 64].Sample(bytes =>
        {
            try
            {
                Frames.Parse(new ReadOnlySequence<byte>(bytes), ControlJson.ReadControlRequest);
            }
            catch (JsonException)
            {
            }
        });
}
