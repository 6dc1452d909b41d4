using System.Runtime.InteropServices;
using Meduza.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Vm.Guest;

/// <summary>The modules that the host has put into <c>/modules</c>, in the order of <c>/modules/order</c>.</summary>
internal static unsafe partial class KernelModules
{
    private const string Folder = "/modules";
    private const long FinitModule = 313; // x86-64

    public static void LoadAll()
    {
        foreach (var name in File.ReadAllLines($"{Folder}/order"))
        {
            using var file = Descriptor.Open($"{Folder}/{name}", O_RDONLY);
            fixed (byte* none = "\0"u8)
            {
                if (syscall(FinitModule, file.Number, none, 0) < 0 && Marshal.GetLastPInvokeError() != EEXIST)
                    throw LinuxException.Last("finit_module", name);
            }
        }
    }

    // finit_module(2) has no function of its own in the C library.
    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial long syscall(long number, long descriptor, byte* parameters, long flags);
}
