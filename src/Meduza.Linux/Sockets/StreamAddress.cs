using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Sockets;

/// <summary>An address as bind(2) and connect(2) take it, and the family of the socket that it needs.</summary>
public sealed class StreamAddress
{
    /// <summary>Of a unix socket, in bytes.</summary>
    public const int LongestPath = 107;

    private StreamAddress(int family, byte[] bytes, string text) => (Family, Bytes, Text) = (family, bytes, text);

    internal int Family { get; }
    internal byte[] Bytes { get; }

    /// <summary>As a person writes it.</summary>
    public string Text { get; }

    /// <summary>A unix socket (unix(7)): <c>| family: u16 | path, closed by a zero |</c>.</summary>
    /// <exception cref="ArgumentException">The path is longer than 107 bytes.</exception>
    public static StreamAddress Unix(string path)
    {
        var text = NativeText.Terminated(path);
        if (text.Length - 1 > LongestPath)
            throw new ArgumentException($"the path of a socket has at most {LongestPath} bytes: {path}", nameof(path));
        var bytes = new byte[2 + text.Length];
        BitConverter.TryWriteBytes(bytes, (ushort)AF_UNIX);
        text.CopyTo(bytes, 2);
        return new(AF_UNIX, bytes, path);
    }

    /// <summary>
    /// A TCP port (ip(7), ipv6(7)), numbers big-endian: <c>| family: u16, as the machine has it | port: u16 | address: 4 |
    /// zero: 8 |</c> or <c>| family | port | flow: u32 | address: 16 | scope: u32, as the machine has it |</c>.
    /// </summary>
    public static StreamAddress Tcp(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var isV6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        var bytes = new byte[isV6 ? 28 : 16];
        BitConverter.TryWriteBytes(bytes, (ushort)(isV6 ? AF_INET6 : AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(bytes.AsSpan(isV6 ? 8 : 4), out _);
        if (isV6)
            BitConverter.TryWriteBytes(bytes.AsSpan(24), (uint)endPoint.Address.ScopeId);
        return new(isV6 ? AF_INET6 : AF_INET, bytes, endPoint.ToString());
    }
}
