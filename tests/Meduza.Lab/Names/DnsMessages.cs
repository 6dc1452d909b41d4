using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Meduza.Lab.Names;

/// <summary>As much of DNS messages as a question for an IPv4 address takes, and its answer (RFC 1035, 4.1).</summary>
internal static class DnsMessages
{
    public const int HeaderLength = 12;

    private const int TypeAndClass = 4;

    public static byte[] Question(ushort id, string name)
    {
        List<byte> message = [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (var label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }
        message.AddRange([0, 0, 1, 0, 1]);
        return [.. message];
    }

    public static byte[] Answer(ReadOnlySpan<byte> question, IPAddress address)
    {
        var end = HeaderLength;
        while (question[end] != 0)
            end += question[end] + 1;
        return
        [
            .. question[..2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. question[HeaderLength..(end + 1 + TypeAndClass)],
            0xc0, HeaderLength, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, .. address.GetAddressBytes(),
        ];
    }

    public static ushort Id(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message);

    /// <summary>The address in an answer with one; null, and the response code, where it has none.</summary>
    public static (IPAddress? Address, int Code) Read(ReadOnlySpan<byte> answer) =>
        BinaryPrimitives.ReadUInt16BigEndian(answer[6..]) == 0 ? (null, answer[3] & 15) : (new IPAddress(answer[^4..]), answer[3] & 15);
}
