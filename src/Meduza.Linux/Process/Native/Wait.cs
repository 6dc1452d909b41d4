using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Process.Native;

/// <summary>&lt;sys/wait.h&gt;.</summary>
internal static unsafe partial class WaitHeader
{
    public const int P_ALL = 0;
    public const int P_PID = 1;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const int WNOWAIT = 0x01000000;


    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int waitid(int type, uint id, ChildInfo* info, int options);

    /// <summary>The fields of siginfo_t that waitid(2) fills, in the 128 bytes that it has.</summary>
    [CStruct("siginfo_t", "signal.h")]
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct ChildInfo
    {
        [FieldOffset(8), CName("si_code")] public int Code;
        [FieldOffset(16), CName("si_pid")] public int Pid;
        [FieldOffset(24), CName("si_status")] public int Status;
    }
}
