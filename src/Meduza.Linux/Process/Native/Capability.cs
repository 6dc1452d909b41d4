using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Process.Native;

/// <summary>&lt;linux/capability.h&gt;, and the part of &lt;sys/prctl.h&gt; that is about capabilities.</summary>
internal static unsafe partial class CapabilityHeader
{
    [CName("_LINUX_CAPABILITY_VERSION_3")]
    public const uint Version3 = 0x20080522;

    /// <summary>How many structs of data a call of that version takes: 32 capabilities each.</summary>
    [CName("_LINUX_CAPABILITY_U32S_3")]
    public const int DataCount = 2;

    public const int PR_SET_KEEPCAPS = 8;
    public const int PR_CAPBSET_READ = 23;
    public const int PR_CAPBSET_DROP = 24;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_RAISE = 2;
    public const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int capget(CapabilityHead* header, CapabilityData* data);

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int capset(CapabilityHead* header, CapabilityData* data);

    /// <summary>Whose capabilities; pid 0 is this thread.</summary>
    [CStruct("struct __user_cap_header_struct", "linux/capability.h")]
    public struct CapabilityHead
    {
        [CName("version")] public uint Version;
        [CName("pid")] public int Pid;
    }

    /// <summary>32 of each set, a bit each.</summary>
    [CStruct("struct __user_cap_data_struct", "linux/capability.h")]
    public struct CapabilityData
    {
        [CName("effective")] public uint Effective;
        [CName("permitted")] public uint Permitted;
        [CName("inheritable")] public uint Inheritable;
    }
}
