using Tmds.Linux;
using static Meduza.Linux.Process.Native.ExecHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// The trampoline between posix_spawn(3) and a service's program. posix_spawn can give a child neither a user nor a
/// limit, and no managed code may run between a fork and an exec; so this binary is spawned once more, becomes in its own
/// process all that the program must be, and executes it.
/// </summary>
/// <remarks>
/// It finds its specification at descriptor 3, its report pipe at 4, its own binary (the path by which it was
/// executed) at 5, and what the program writes its readiness into, if anything, at 6. The order of the steps matters: the cgroup comes first, so that all of the rest counts in it; names
/// are looked up while their files can be read; limits come when there is nothing left to allocate; privileges go last
/// but for what needs none; and nothing may come after <see cref="ExecStep.Ready"/> but execve(2).
/// </remarks>
public static unsafe partial class ExecStage
{
    /// <summary>The exit status of a stage that could not execute its program: that of a shell for a command not found.</summary>
    public const int FailureExitCode = 127;

    internal const int SpecDescriptor = 3;
    internal const int ReportDescriptor = 4;
    internal const int BinaryDescriptor = 5;
    internal const int NotifyDescriptor = 6;

    private static int _report = ReportDescriptor;

    /// <summary>Becomes the program; returns only when that failed, and then the exit status.</summary>
    public static int Run()
    {
        // Nothing of the parent's or the runtime's own may reach the program, whatever happens between here and there.
        if (close_range(SpecDescriptor, uint.MaxValue, CLOSE_RANGE_CLOEXEC) != 0)
            return Fail(Failure(ExecStep.Specification, "close_range"));

        ExecSpec spec;
        try
        {
            spec = ReadSpec();
        }
        catch (Exception e) when (e is LinuxException or InvalidDataException)
        {
            return Fail(new(ExecStep.Specification, 0, e.Message));
        }
        return Fail(Become(spec));
    }

    /// <summary>All steps, each only when the one before it succeeded.</summary>
    /// <returns>What failed.</returns>
    private static ExecReport Become(ExecSpec spec)
    {
        using var argv = new NativeTextArray(spec.Command);
        using var envp = new NativeTextArray(spec.Environment);
        var program = spec.Program ?? spec.Command[0];
        var path = NativeText.Terminated(program);
        var folder = NativeText.Terminated(spec.WorkingFolder);
        var identity = default(Identity);

        var failure = EnterSession()
            ?? JoinCgroup(spec)
            ?? EnterNetworkNamespace(spec)
            ?? SetOomScore(spec)
            ?? SetNice(spec)
            ?? Find(spec, ref identity)
            ?? SetLimits(spec)
            ?? BoundCapabilities(spec)
            ?? TakeIdentity(spec, identity)
            ?? TakeCapabilities(spec, identity)
            ?? EnterFolder(spec, folder)
            ?? GiveUpPrivileges(spec)
            ?? PlaceNotify(spec);
        if (failure is { } report)
            return report;

        umask((mode_t)(uint)spec.Umask);
        Signals.ResetStandard();
        Signals.SetBlocked(0);
        Report(new(ExecStep.Ready, 0, ""));
        fixed (byte* file = path)
            _ = execve(file, argv.Pointer, envp.Pointer);
        return Failure(ExecStep.Execute, program);
    }

    private static ExecReport? EnterSession() =>
        getsid(0) != getpid() && (int)setsid() < 0 ? Failure(ExecStep.Session, "") : null;

    private static ExecReport? EnterFolder(ExecSpec spec, byte[] folder)
    {
        fixed (byte* path = folder)
            return chdir(path) != 0 ? Failure(ExecStep.WorkingFolder, spec.WorkingFolder) : null;
    }

    private static ExecReport? GiveUpPrivileges(ExecSpec spec) =>
        spec.NoNewPrivileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ? Failure(ExecStep.NoNewPrivileges, "") : null;

    private static ExecSpec ReadSpec()
    {
        var length = (long)lseek(SpecDescriptor, 0, SEEK_END);
        if (length < 0)
            throw LinuxException.Last("lseek", "specification");
        var bytes = new byte[length];
        fixed (byte* buffer = bytes)
        {
            if ((long)pread(SpecDescriptor, buffer, (size_t)bytes.Length, 0) != length)
                throw new InvalidDataException("the specification of the exec stage cannot be read");
        }
        var spec = ExecSpecFormat.Read(bytes);
        return spec.Command.Count > 0 ? spec : throw new InvalidDataException("no command");
    }

    /// <summary>To the number that the program expects, whatever the stage has there: of its own it only needs the report pipe by now.</summary>
    private static ExecReport? PlaceNotify(ExecSpec spec)
    {
        if (spec.NotifyDescriptor is not { } number)
            return null;
        if (number == _report && (_report = fcntl(_report, F_DUPFD_CLOEXEC, NotifyDescriptor + 1)) < 0)
            return Failure(ExecStep.NotifyDescriptor, $"{number}");
        // dup2 of a descriptor onto itself leaves it close-on-exec.
        var isPlaced = number == NotifyDescriptor ? fcntl(number, F_SETFD, 0) == 0 : dup2(NotifyDescriptor, number) == number;
        return isPlaced ? null : Failure(ExecStep.NotifyDescriptor, $"{number}");
    }

    private static ExecReport Failure(ExecStep step, string subject) => new(step, errno, subject);

    private static int Fail(ExecReport report)
    {
        Report(report);
        return FailureExitCode;
    }

    private static void Report(ExecReport report)
    {
        Span<byte> bytes = stackalloc byte[4096];
        var length = report.Write(bytes);
        // Nobody else can be told when even this fails; the parent then sees a pipe that ended without a word.
        fixed (byte* buffer = bytes)
            _ = write(_report, buffer, (size_t)length);
    }
}
