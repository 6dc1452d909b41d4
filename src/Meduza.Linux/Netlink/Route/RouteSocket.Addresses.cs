using System.Net;
using System.Net.Sockets;

namespace Meduza.Linux.Netlink.Route;

public sealed partial class RouteSocket
{
    /// <summary>The addresses of a device, of both families, those included that the kernel set by itself (see <see cref="LinkAddress.Scope"/>).</summary>
    /// <returns>None where the device is gone.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<LinkAddress> GetAddresses(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(index);
        var writer = new MessageWriter(stackalloc byte[AddressMessages.MaxLength]);
        AddressMessages.WriteDump(ref writer, index);
        try
        {
            return _socket.Dump<LinkAddress>(writer.Written, "RTM_GETADDR", $"link {index}", AddressMessages.TryParse);
        }
        catch (LinuxException e) when (e.Errno == Tmds.Linux.LibC.ENODEV)
        {
            return [];
        }
    }

    /// <summary>Gives a device an address; the route to its network comes with it.</summary>
    /// <exception cref="LinuxException"><c>EEXIST</c>: it has it already; <c>ENODEV</c>: it is gone.</exception>
    public void AddAddress(int index, IPAddress address, int prefixLength)
    {
        Validate(address, prefixLength);
        var writer = new MessageWriter(stackalloc byte[AddressMessages.MaxLength]);
        AddressMessages.WriteAdd(ref writer, index, address, prefixLength);
        _socket.Change(writer.Written, "RTM_NEWADDR", $"{address}/{prefixLength} on link {index}");
    }

    /// <summary>Takes an address from a device.</summary>
    /// <exception cref="LinuxException"><c>EADDRNOTAVAIL</c>: it does not have it; <c>ENODEV</c>: it is gone.</exception>
    public void DeleteAddress(int index, IPAddress address, int prefixLength)
    {
        Validate(address, prefixLength);
        var writer = new MessageWriter(stackalloc byte[AddressMessages.MaxLength]);
        AddressMessages.WriteDelete(ref writer, index, address, prefixLength);
        _socket.Change(writer.Written, "RTM_DELADDR", $"{address}/{prefixLength} on link {index}");
    }

    internal static void Validate(IPAddress address, int prefixLength)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(prefixLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }
}
