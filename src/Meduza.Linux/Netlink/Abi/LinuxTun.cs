using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/if_tun.h</c>.</summary>
[CHeader("sys/ioctl.h linux/if_tun.h")]
internal static partial class LinuxTun
{
    public const uint TUNSETIFF = 0x400454ca;
    public const uint TUNSETPERSIST = 0x400454cb;

    public const short IFF_TUN = 0x0001;
    public const short IFF_TAP = 0x0002;

    /// <summary>No header before each packet.</summary>
    public const short IFF_NO_PI = 0x1000;

    // Variadic in C: on x86-64 and arm64 Linux the third argument is passed as any other.
    [LibraryImport(Process.Native.LibC.Name, SetLastError = true)]
    public static partial int ioctl(Descriptor descriptor, nuint request, ref InterfaceRequest argument);

    [LibraryImport(Process.Native.LibC.Name, SetLastError = true)]
    public static partial int ioctl(Descriptor descriptor, nuint request, nint argument);
}

/// <summary>A device name, closed by a NUL.</summary>
[InlineArray(LinuxIf.IFNAMSIZ)]
internal struct InterfaceName
{
    private byte _first;
}

/// <summary>Argument of the ioctls about devices.</summary>
[CStruct("struct ifreq", "linux/if.h")]
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct InterfaceRequest
{
    public InterfaceName ifr_name;

    /// <summary>The member of its union that sets flags; the longest is 24 bytes.</summary>
    public short ifr_flags;
}
