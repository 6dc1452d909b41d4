using static Meduza.Linux.Process.Native.WaitHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>waitid(2). SIGCHLD is coalesced: whoever is told of one calls until nothing is left.</summary>
public static unsafe class Reaper
{
    /// <summary>Collects one child of this process that has ended, ours or an adopted orphan, without waiting.</summary>
    /// <returns>False when none has ended (or there is none).</returns>
    public static bool TryReap(out Exit exit) => TryWait(P_ALL, 0, WNOHANG, out exit);

    /// <summary>
    /// Finds a child that has ended and leaves it uncollected: its pid, and the session and group of that number, cannot
    /// come to mean others before <see cref="TryReap(int, out Exit)"/>, so that what is left of them can be killed.
    /// </summary>
    /// <returns>False when none has ended (or there is none).</returns>
    public static bool TryPeek(out Exit exit) => TryWait(P_ALL, 0, WNOHANG | WNOWAIT, out exit);

    /// <summary>Collects one child, without waiting.</summary>
    /// <returns>False while it lives.</returns>
    /// <exception cref="LinuxException">It is not a child of this process, or somebody collected it (ECHILD).</exception>
    public static bool TryReap(int pid, out Exit exit)
    {
        if (TryWait(P_PID, (uint)pid, WNOHANG, out exit))
            return true;
        return errno == ECHILD ? throw new LinuxException("waitid", $"{pid}", ECHILD) : false;
    }

    /// <summary>True when that is a child of this process, alive or not yet collected.</summary>
    public static bool IsChild(int pid) => TryWait(P_PID, (uint)pid, WNOHANG | WNOWAIT, out _) || errno != ECHILD;

    /// <summary>True while this process has a child, alive or not yet collected.</summary>
    public static bool HasChildren() => TryWait(P_ALL, 0, WNOHANG | WNOWAIT, out _) || errno != ECHILD;

    private static bool TryWait(int type, uint id, int options, out Exit exit)
    {
        ChildInfo info = default;
        int result;
        do
            result = waitid(type, id, &info, WEXITED | options);
        while (result < 0 && errno == EINTR);

        exit = info.Code == CLD_EXITED ? new Exit(info.Pid, info.Status, 0) : new Exit(info.Pid, 0, info.Status);
        if (result < 0)
            return false;
        return info.Pid != 0;
    }
}
