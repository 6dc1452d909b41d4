using System.Runtime.InteropServices;
using Meduza.Linux.Process.Native;

namespace Meduza.Linux.Sockets;

/// <summary>Network devices of this thread's network namespace, by name.</summary>
public static unsafe partial class NetworkDevice
{
    /// <summary>True when there is one of that name (if_nametoindex(3)).</summary>
    public static bool Exists(string name)
    {
        fixed (byte* text = NativeText.Terminated(name))
            return if_nametoindex(text) != 0;
    }

    [LibraryImport(LibC.Name)]
    private static partial uint if_nametoindex(byte* name);
}
