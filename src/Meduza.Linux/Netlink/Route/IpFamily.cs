using System.Net;
using System.Net.Sockets;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink.Route;

/// <summary>Address families as the kernel numbers them (<c>AF_*</c>).</summary>
internal static class IpFamily
{
    /// <exception cref="ArgumentException">Neither IPv4 nor IPv6.</exception>
    public static byte Number(AddressFamily family) => family switch
    {
        AddressFamily.Unspecified => (byte)AF_UNSPEC,
        AddressFamily.InterNetwork => (byte)AF_INET,
        AddressFamily.InterNetworkV6 => (byte)AF_INET6,
        _ => throw new ArgumentException($"{family} is no IP address family", nameof(family)),
    };

    /// <summary>That of an address.</summary>
    public static byte Number(IPAddress address) => Number(address.AddressFamily);

    /// <returns>False for families other than IPv4 and IPv6, such as the multicast routes of <c>RTNL_FAMILY_IPMR</c>.</returns>
    public static bool TryParse(byte number, out AddressFamily family)
    {
        family = number == AF_INET ? AddressFamily.InterNetwork
            : number == AF_INET6 ? AddressFamily.InterNetworkV6
            : AddressFamily.Unspecified;
        return family != AddressFamily.Unspecified;
    }

    /// <summary>The address with no bit set: a destination that the kernel leaves out of a default route.</summary>
    public static IPAddress Any(AddressFamily family) => family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;

    /// <summary>All bits of an address of the family.</summary>
    public static int Bits(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;

    /// <returns>False when the length is more than the address has, or the address has bits behind it: the kernel sends no such thing.</returns>
    public static bool TryPrefix(IPAddress address, int length, out IPNetwork prefix)
    {
        prefix = default;
        if (length > Bits(address.AddressFamily))
            return false;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var size);
        for (var bit = length; bit < size * 8; bit++)
        {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0)
                return false;
        }
        prefix = new IPNetwork(address, length);
        return true;
    }
}
