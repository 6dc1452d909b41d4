using System.Runtime.InteropServices;
using Tmds.Linux;

namespace Meduza.Linux.Process.Native;

/// <summary>&lt;poll.h&gt;. Declared here since that of Tmds.LibC does not keep errno.</summary>
internal static unsafe partial class PollHeader
{
    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int poll(pollfd* events, ulong count, int milliseconds);
}
