using System.Runtime.InteropServices;

namespace Meduza.Linux.Files.Native;

/// <summary>&lt;stdio.h&gt;.</summary>
internal static unsafe partial class StdioHeader
{
    [LibraryImport(Process.Native.LibC.Name, SetLastError = true)]
    public static partial int rename(byte* from, byte* to);
}
