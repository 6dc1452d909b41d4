using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Meduza.Doubles;

/// <summary>Options of ip(7) that a transparent proxy sets.</summary>
internal static class Transparent
{
    // linux/in.h
    public const int ReceiveOriginalDestination = 20;
    private const int IpTransparent = 19;

    /// <summary>Takes what is sent to others, and speaks in their name.</summary>
    public static void Allow(Socket socket) => Set(socket, IpTransparent);

    public static void Set(Socket socket, int option)
    {
        Span<byte> one = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(one, 1);
        socket.SetRawSocketOption(0, option, one);
    }
}
