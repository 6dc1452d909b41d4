using static Meduza.Linux.Process.Native.WaitHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>waitid(2). SIGCHLD is coalesced: whoever is told of one calls until nothing is left.</summary>
public static unsafe class Reaper
{
    /// <summary>Collects one child of this process that has ended, ours or an adopted orphan, without waiting.</summary>
    /// <returns>False when none has ended (or there is none).</returns>
    public static bool TryReap(out Exit exit) => TryWait(P_ALL, 0, WNOHANG, out exit);

    /// <summary>Collects one child, without waiting.</summary>
    /// <returns>False while it lives.</returns>
    /// <exception cref="LinuxException">It is not a child of this process, or somebody collected it (ECHILD).</exception>
    public static bool TryReap(int pid, out Exit exit)
    {
        if (TryWait(P_PID, (uint)pid, WNOHANG, out exit))
            return true;
        return errno == ECHILD ? throw new LinuxException("waitid", $"{pid}", ECHILD) : false;
    }

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
