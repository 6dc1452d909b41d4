using static Meduza.Linux.Process.Native.ExecHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// What the process between posix_spawn(3) and a service's program does, decided beforehand. posix_spawn can give a child
/// neither a user nor a limit, and no managed code may run between a fork and an exec; so a program of one page is spawned,
/// <c>exec-stage.c</c>, which makes the system calls of this list, and the last of them makes it the service's program.
/// </summary>
/// <remarks>
/// It finds the list at descriptor 3, its report pipe at 4, itself at 5, from 6 on what the program writes its readiness
/// into, if anything, and the program, where that is held open. The order of the steps matters: the cgroup comes first, so
/// that all of the rest counts in it; limits come when there is nothing left to allocate; privileges go last but for what
/// needs none; and nothing may come after <see cref="ExecStep.Ready"/> but execve(2). Its signals need no care: they are as
/// posix_spawn left them.
/// </remarks>
internal static partial class ExecStage
{
    internal const int ListDescriptor = 3;
    internal const int ReportDescriptor = 4;
    internal const int StageDescriptor = 5;
    internal const int NotifyDescriptor = 6;

    /// <summary>The list for a specification, as this process is now: of it the child has its limits and capabilities.</summary>
    /// <param name="held">Number of the descriptor that is the program; null executes the first of the command.</param>
    /// <exception cref="ArgumentException">A text has a NUL.</exception>
    public static StageList Prepare(ExecSpec spec, int? held)
    {
        var list = new StageList();
        // Nothing of the parent's may reach the program, whatever happens between here and there.
        list.Call(StageCall.CloseRange, ExecStep.Specification, "close_range", ListDescriptor, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
        JoinCgroup(list, spec);
        EnterNetworkNamespace(list, spec);
        SetOomScore(list, spec);
        SetNice(list, spec);
        if (Find(list, spec) is not { } identity)
            return list;
        SetLimits(list, spec);
        if (!BoundCapabilities(list, spec))
            return list;
        TakeIdentity(list, spec, identity);
        TakeCapabilities(list, spec, identity);
        list.Call(StageCall.Chdir, ExecStep.WorkingFolder, spec.WorkingFolder, list.Text(spec.WorkingFolder));
        if (spec.NoNewPrivileges)
            list.Call(StageCall.Prctl, ExecStep.NoNewPrivileges, "", PR_SET_NO_NEW_PRIVS, 1);
        PlaceNotify(list, spec, ref held);
        list.Call(StageCall.Umask, ExecStep.Specification, "umask", spec.Umask);

        Span<byte> ready = stackalloc byte[ExecReport.Longest];
        var length = new ExecReport(ExecStep.Ready, 0, "").Write(ready);
        list.Call(StageCall.Write, ExecStep.Specification, "report", StageUse.OnReport, 0, 0, 0, list.Bytes(ready[..length]), length);
        list.Call(
            StageCall.Execve, ExecStep.Execute, spec.Command[0],
            list.Text(held is { } number ? $"/proc/self/fd/{number}" : spec.Command[0]), list.Texts(spec.Command), list.Texts(spec.Environment));
        return list;
    }

    /// <summary>To the number that the program expects, whatever the stage has there: of its own it only needs the report pipe and the program by now.</summary>
    private static void PlaceNotify(StageList list, ExecSpec spec, ref int? held)
    {
        if (spec.NotifyDescriptor is not { } number)
            return;
        var subject = $"{number}";
        if (number == ReportDescriptor)
            list.Call(StageCall.Fcntl, ExecStep.NotifyDescriptor, subject, StageUse.GivesReport, 0, 0, number, F_DUPFD_CLOEXEC, NotifyDescriptor + 2);
        if (number == held)
        {
            held = number + 1;
            list.Call(StageCall.Dup3, ExecStep.NotifyDescriptor, subject, number, number + 1, O_CLOEXEC);
        }
        // dup3 of a descriptor onto itself is an error; there it need only stay open.
        if (number == NotifyDescriptor)
            list.Call(StageCall.Fcntl, ExecStep.NotifyDescriptor, subject, NotifyDescriptor, F_SETFD, 0);
        else
            list.Call(StageCall.Dup3, ExecStep.NotifyDescriptor, subject, NotifyDescriptor, number, 0);
    }
}
