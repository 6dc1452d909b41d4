namespace Meduza.Init.Supervise.Boot;

/// <summary>What this supervisor is to its machine.</summary>
internal enum Role
{
    /// <summary>Not PID 1: it adopts the orphans of its own descendants, and leaves the machine as it is.</summary>
    Child,

    /// <summary>PID 1 of a container: its end is the container's.</summary>
    Container,

    /// <summary>The init of a real or virtual machine: its end must be the machine's.</summary>
    Machine,
}

internal static class Roles
{
    /// <summary>The inode that the first pid namespace of every kernel has (PROC_PID_INIT_INO, include/linux/proc_ns.h).</summary>
    private const string FirstPidNamespace = "pid:[4026531836]";

    public static Role Find() =>
        Environment.ProcessId != 1 ? Role.Child : IsFirstPidNamespace ? Role.Machine : Role.Container;

    /// <summary>True on a machine of its own, false in a container.</summary>
    public static bool IsFirstPidNamespace
    {
        get
        {
            try
            {
                return new FileInfo("/proc/self/ns/pid").LinkTarget == FirstPidNamespace;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Without /proc nothing tells; to end a machine by mistake is the worse of the two.
                return false;
            }
        }
    }
}
