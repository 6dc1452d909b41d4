using System.Text;
using Meduza.Linux.Netlink.Abi;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink.Route;

/// <summary>
/// Devices whose other end is a program (tun.c of the kernel, Documentation/networking/tuntap.rst). Netlink cannot make
/// them: an ioctl on <c>/dev/net/tun</c> does, in the network namespace of the thread that calls.
/// </summary>
public static class TunDevice
{
    private const string Path = "/dev/net/tun";

    /// <summary>A device of IP packets that stays when nobody has it open.</summary>
    /// <inheritdoc cref="CreateTap"/>
    public static void CreateTun(string name) => Create(name, LinuxTun.IFF_TUN);

    /// <summary>A device of Ethernet frames that stays when nobody has it open.</summary>
    /// <param name="name">At most 15 bytes.</param>
    /// <exception cref="LinuxException"><c>EBUSY</c>: a program has a device of that name; <c>EINVAL</c>: there is one of another kind; <c>ENOENT</c>: this kernel has no tun.</exception>
    public static void CreateTap(string name) => Create(name, LinuxTun.IFF_TAP);

    /// <summary>A device of IP packets whose other end is the descriptor: it is gone when that is closed.</summary>
    /// <inheritdoc cref="CreateTap"/>
    public static Descriptor OpenTun(string name) => Open(name, LinuxTun.IFF_TUN);

    private static void Create(string name, short kind)
    {
        using var device = Open(name, kind);
        if (LinuxTun.ioctl(device, LinuxTun.TUNSETPERSIST, 1) < 0)
            throw LinuxException.Last("ioctl TUNSETPERSIST", name);
    }

    private static Descriptor Open(string name, short kind)
    {
        RouteSocket.ValidateName(name);
        var device = Descriptor.Open(Path, O_RDWR);
        try
        {
            InterfaceRequest request = default;
            Encoding.UTF8.GetBytes(name, request.ifr_name);
            request.ifr_flags = (short)(kind | LinuxTun.IFF_NO_PI);
            return LinuxTun.ioctl(device, LinuxTun.TUNSETIFF, ref request) < 0
                ? throw LinuxException.Last("ioctl TUNSETIFF", name)
                : device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }
}
