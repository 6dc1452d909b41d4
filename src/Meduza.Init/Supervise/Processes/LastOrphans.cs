using Meduza.Init.Supervise.Boot;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// At the very end: processes of no service (adopted orphans, what an operator left in a shell). They get a moment to
/// end by themselves and are then killed. As PID 1 that is every process there is; a supervisor that is a child looks at
/// its own children only.
/// </summary>
internal static class LastOrphans
{
    private const int Patience = 500;
    private const int Limit = 2000;
    private const int Pause = 5;

    /// <summary>Ends and collects them all; takes 2.5 s at most.</summary>
    public static void End(Role role)
    {
        if (!Signal(role, SIGTERM))
            return;
        if (!Collect(role, SIGTERM, Patience))
            Collect(role, SIGKILL, Limit);
    }

    /// <returns>True when nothing is left.</returns>
    private static bool Collect(Role role, int signal, int milliseconds)
    {
        for (var end = System.Environment.TickCount64 + milliseconds; System.Environment.TickCount64 < end; Thread.Sleep(Pause))
        {
            // SIGTERM once is asked for; SIGKILL is sent again to what was born meanwhile.
            if (signal == SIGKILL)
                Signal(role, SIGKILL);
            while (Reaper.TryReap(out _))
            {
            }
            if (!Reaper.HasChildren())
                return true;
        }
        return false;
    }

    private static bool Signal(Role role, int signal)
    {
        if (role != Role.Child)
            return OwnProcess.SignalAllOthers(signal);
        var any = false;
        foreach (var child in Strays.Children())
            any |= Signals.Send(child, signal);
        return any;
    }
}
