using System.Runtime.InteropServices;
using Meduza.Linux.Process.Native;

namespace Meduza.Linux.Modules;

/// <summary>finit_module(2), which has no function of its own in the C library, and &lt;fnmatch.h&gt;.</summary>
internal static unsafe partial class ModuleHeader
{
    /// <summary>Its number in the table of system calls, which each architecture has its own of.</summary>
    public static long FinitModule => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 273 : 313;

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial long syscall(long number, long descriptor, byte* parameters, long flags);

    /// <returns>0: it matches.</returns>
    [LibraryImport(LibC.Name)]
    public static partial int fnmatch(byte* pattern, byte* text, int flags);
}
