using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;

namespace Meduza.Bench;

/// <summary>One question to PID 1's control socket: a frame is a 4-byte little-endian length and that many bytes of JSON.</summary>
internal static class ControlStatus
{
    /// <summary>When the earliest service was started, in nanoseconds of CLOCK_MONOTONIC; null while none is, or nobody answers.</summary>
    public static long? FirstStart(string socketPath)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        }
        catch (SocketException)
        {
            return null;
        }
        using var stream = new NetworkStream(socket);
        var question = "{\"version\":1,\"id\":1,\"verb\":\"status\"}"u8;
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, question.Length);
        stream.Write(length);
        stream.Write(question);
        stream.ReadExactly(length);
        var answer = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        stream.ReadExactly(answer);

        using var document = JsonDocument.Parse(answer);
        var starts = document.RootElement.GetProperty("services").EnumerateArray()
            .Select(s => s.GetProperty("started_at").GetInt64())
            .Where(s => s > 0)
            .ToList();
        return starts.Count == 0 ? null : starts.Min();
    }
}
