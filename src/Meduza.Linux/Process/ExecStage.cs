using System.Globalization;
using Meduza.Linux.Files;
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
/// It finds its specification at descriptor 3, its report pipe at 4 and its own binary (the path by which it was
/// executed) at 5. The order of the steps matters: identity is looked up while its files can be read, privileges go
/// last but for what needs none, and nothing may come after <see cref="ExecStep.Ready"/> but execve(2).
/// </remarks>
public static unsafe class ExecStage
{
    /// <summary>The exit status of a stage that could not execute its program: that of a shell for a command not found.</summary>
    public const int FailureExitCode = 127;

    internal const int SpecDescriptor = 3;
    internal const int ReportDescriptor = 4;
    internal const int BinaryDescriptor = 5;

    /// <summary>Becomes the program; returns only when that failed, and then the exit status.</summary>
    public static int Run()
    {
        // Nothing of the parent's or the runtime's own may reach the program, whatever happens between here and there.
        if (close_range(SpecDescriptor, uint.MaxValue, CLOSE_RANGE_CLOEXEC) != 0)
            return Fail(ExecStep.Specification, "close_range");

        ExecSpec spec;
        try
        {
            spec = ReadSpec();
        }
        catch (Exception e) when (e is LinuxException or InvalidDataException)
        {
            return Fail(ExecStep.Specification, e.Message, 0);
        }
        return Become(spec);
    }

    private static int Become(ExecSpec spec)
    {
        var pid = getpid();
        if (getsid(0) != pid && (int)setsid() < 0)
            return Fail(ExecStep.Session, "");
        umask((mode_t)0x12); // 022

        if (spec.OpenFiles is { } files && !LimitOpenFiles(files))
            return Fail(ExecStep.OpenFiles, $"{files}");
        if (spec.OomScore is { } score && !WriteOomScore(score))
            return Fail(ExecStep.OomScore, $"{score}");
        if (spec.User is { } user)
        {
            var accounts = Accounts.Read();
            if (accounts.FindUser(user) is not { } account)
                return Fail(ExecStep.User, user, 0);
            if (!TakeGroups(account.Gid, accounts.GroupsOf(account)))
                return Fail(ExecStep.Groups, user);
            if (setresuid(account.Uid, account.Uid, account.Uid) != 0)
                return Fail(ExecStep.User, user);
        }

        fixed (byte* folder = NativeText.Terminated(spec.WorkingFolder))
        {
            if (chdir(folder) != 0)
                return Fail(ExecStep.WorkingFolder, spec.WorkingFolder);
        }
        if (spec.NoNewPrivileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
            return Fail(ExecStep.NoNewPrivileges, "");

        using var argv = new NativeTextArray(spec.Command);
        using var envp = new NativeTextArray(spec.Environment);
        var program = spec.Program ?? spec.Command[0];
        var path = NativeText.Terminated(program);
        Signals.ResetStandard();
        Signals.SetBlocked(0);
        Report(new(ExecStep.Ready, 0, ""));
        fixed (byte* file = path)
            _ = execve(file, argv.Pointer, envp.Pointer);
        return Fail(ExecStep.Execute, program);
    }

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

    private static bool LimitOpenFiles(int soft)
    {
        ResourceLimit limit;
        if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
            return false;
        limit.Soft = Math.Min((ulong)soft, limit.Hard);
        return setrlimit(RLIMIT_NOFILE, &limit) == 0;
    }

    private static bool WriteOomScore(int score)
    {
        fixed (byte* path = "/proc/self/oom_score_adj\0"u8)
        {
            var file = open(path, O_WRONLY | O_CLOEXEC);
            if (file < 0)
                return false;
            var text = System.Text.Encoding.ASCII.GetBytes(score.ToString(CultureInfo.InvariantCulture));
            fixed (byte* bytes = text)
                return (long)write(file, bytes, (size_t)text.Length) == text.Length;
        }
    }

    private static bool TakeGroups(uint primary, IReadOnlyList<uint> all)
    {
        var groups = all.Select(id => (gid_t)id).ToArray();
        fixed (gid_t* first = groups)
            return setgroups((size_t)groups.Length, first) == 0 && setresgid(primary, primary, primary) == 0;
    }

    private static int Fail(ExecStep step, string subject) => Fail(step, subject, errno);

    private static int Fail(ExecStep step, string subject, int error)
    {
        Report(new(step, error, subject));
        return FailureExitCode;
    }

    private static void Report(ExecReport report)
    {
        Span<byte> bytes = stackalloc byte[4096];
        var length = report.Write(bytes);
        // Nobody else can be told when even this fails; the parent then sees a pipe that ended without a word.
        fixed (byte* buffer = bytes)
            _ = write(ReportDescriptor, buffer, (size_t)length);
    }
}
