using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Process.Native;

/// <summary>System calls that the C library has no function for, or only since a version that not every machine has (2.36).</summary>
[CHeader("sys/syscall.h")]
internal static partial class SystemCall
{
    public const nint SYS_pidfd_send_signal = 424;
    public const nint SYS_pidfd_open = 434;

    /// <summary>Its number in the table of system calls, which for old ones is each architecture's own.</summary>
    public static nint SYS_finit_module => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 273 : 313;

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);
}
