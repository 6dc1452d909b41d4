using System.Runtime.InteropServices;

namespace Meduza.Linux.Process.Native;

/// <summary>&lt;sys/wait.h&gt;.</summary>
internal static unsafe partial class WaitHeader
{
    public const int P_ALL = 0;
    public const int P_PID = 1;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;


    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int waitid(int type, uint id, ChildInfo* info, int options);

    /// <summary>The fields of siginfo_t that waitid(2) fills, in the 128 bytes that it has.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct ChildInfo
    {
        [FieldOffset(8)] public int Code;
        [FieldOffset(16)] public int Pid;
        [FieldOffset(24)] public int Status;
    }
}
