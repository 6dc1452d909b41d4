using System.Runtime.InteropServices;
using Meduza.Linux.Process.Native;

namespace Meduza.Linux.Modules;

/// <summary>&lt;fnmatch.h&gt;.</summary>
internal static unsafe partial class FnmatchHeader
{
    /// <returns>0: it matches.</returns>
    [LibraryImport(LibC.Name)]
    public static partial int fnmatch(byte* pattern, byte* text, int flags);
}
