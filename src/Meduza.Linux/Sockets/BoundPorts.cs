using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Meduza.Linux.Sockets;

/// <summary>
/// Which ports are taken, without touching them: a connection would be work for the service, and UDP has none. Read from
/// <c>/proc/PID/net</c> (proc(5)), so in the network namespace of that process.
/// </summary>
public static class BoundPorts
{
    private const string Listening = "0A";
    private const string Unconnected = "07";

    /// <summary>True when a TCP socket listens on that address and port, or on all addresses.</summary>
    public static bool IsTcpListening(int pid, IPEndPoint endPoint) => IsBound(pid, "tcp", Listening, endPoint);

    /// <summary>True when a UDP socket without a peer is bound to that address and port, or to all addresses.</summary>
    public static bool IsUdpBound(int pid, IPEndPoint endPoint) => IsBound(pid, "udp", Unconnected, endPoint);

    private static bool IsBound(int pid, string protocol, string state, IPEndPoint wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        // A socket of ::, unless it is told otherwise, takes what comes by IPv4 too.
        return (wanted.AddressFamily == AddressFamily.InterNetwork && HasLine($"/proc/{pid}/net/{protocol}", state, wanted))
            || HasLine($"/proc/{pid}/net/{protocol}6", state, wanted);
    }

    private static bool HasLine(string path, string state, IPEndPoint wanted)
    {
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                if (Matches(line, state, wanted))
                    return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the process ended, or the kernel has no IPv6
        }
        return false;
    }

    /// <summary><c>   0: 0100007F:0035 00000000:0000 0A …</c>: slot, local address, remote address, state; hexadecimal.</summary>
    internal static bool Matches(ReadOnlySpan<char> line, ReadOnlySpan<char> state, IPEndPoint wanted)
    {
        Span<Range> fields = stackalloc Range[5];
        if (line.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries) < 5 || !line[fields[3]].SequenceEqual(state))
            return false;
        var local = line[fields[1]];
        var colon = local.IndexOf(':');
        return colon > 0
            && int.TryParse(local[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var port)
            && port == wanted.Port
            && Address(local[..colon]) is { } address
            && (address.Equals(wanted.Address) || IsAny(address) || (address.IsIPv4MappedToIPv6 && address.MapToIPv4().Equals(wanted.Address)));
    }

    /// <summary>Words of 32 bits, each as this machine has it in memory.</summary>
    private static IPAddress? Address(ReadOnlySpan<char> text)
    {
        if (text.Length is not (8 or 32))
            return null;
        Span<uint> words = stackalloc uint[text.Length / 8];
        for (var i = 0; i < words.Length; i++)
        {
            if (!uint.TryParse(text.Slice(i * 8, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out words[i]))
                return null;
        }
        return new(MemoryMarshal.AsBytes(words));
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
