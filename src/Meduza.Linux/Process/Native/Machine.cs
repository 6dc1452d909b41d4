using System.Runtime.InteropServices;

namespace Meduza.Linux.Process.Native;

/// <summary>&lt;sys/reboot.h&gt;, and what else concerns the machine as a whole.</summary>
internal static unsafe partial class MachineHeader
{
    public const int RB_AUTOBOOT = 0x01234567;
    public const int RB_POWER_OFF = 0x4321fedc;
    public const int RB_DISABLE_CAD = 0;

    public const int PR_SET_NAME = 15;
    public const int PR_SET_CHILD_SUBREAPER = 36;

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int reboot(int command);
}
