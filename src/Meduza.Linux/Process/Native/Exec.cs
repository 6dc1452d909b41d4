using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Process.Native;

/// <summary>What is decided for a program before its execution: &lt;unistd.h&gt;, &lt;sys/prctl.h&gt;, &lt;sys/resource.h&gt;.</summary>
internal static unsafe partial class ExecHeader
{
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PRIO_PROCESS = 0;
    public const uint CLOSE_RANGE_CLOEXEC = 4;

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int close_range(uint first, uint last, uint flags);

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int setrlimit(Resource resource, LimitPair* limit);

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int getrlimit(Resource resource, LimitPair* limit);

    /// <summary>struct rlimit; all ones is no limit.</summary>
    [CStruct("struct rlimit", "sys/resource.h")]
    public struct LimitPair
    {
        [CName("rlim_cur")] public ulong Soft;
        [CName("rlim_max")] public ulong Hard;
    }
}
