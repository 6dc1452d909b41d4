using System.Globalization;
using System.Text;
using static Meduza.Linux.Process.Native.ExecHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>Where the program runs and how much it may take: cgroups(7), network_namespaces(7), getrlimit(2), sched(7).</summary>
public static unsafe partial class ExecStage
{
    /// <summary>
    /// The stage joins by itself: a process put there from outside could have had children before that. Its settings come
    /// first, so that it is never in there without them.
    /// </summary>
    private static ExecReport? JoinCgroup(ExecSpec spec)
    {
        if (spec.Cgroup is not { } cgroup)
            return null;
        foreach (var (file, value) in spec.CgroupSettings)
        {
            var error = Write($"{cgroup}/{file}", value);
            if (error != 0 && error != ENOENT)
                return new(ExecStep.CgroupSetting, error, $"{file}={value}");
        }
        // 0 is whoever writes.
        return Write($"{cgroup}/cgroup.procs", "0") is not 0 and var failed ? new(ExecStep.Cgroup, failed, cgroup) : null;
    }

    private static ExecReport? EnterNetworkNamespace(ExecSpec spec)
    {
        if (spec.NetworkNamespace is not { } path)
            return null;
        fixed (byte* name = NativeText.Terminated(path))
        {
            var file = open(name, O_RDONLY | O_CLOEXEC);
            return file < 0 || setns(file, CLONE_NEWNET) < 0 ? Failure(ExecStep.NetworkNamespace, path) : null;
        }
    }

    private static ExecReport? SetOomScore(ExecSpec spec)
    {
        if (spec.OomScore is not { } score)
            return null;
        var text = score.ToString(CultureInfo.InvariantCulture);
        return Write("/proc/self/oom_score_adj", text) is not 0 and var error ? new(ExecStep.OomScore, error, text) : null;
    }

    private static ExecReport? SetNice(ExecSpec spec) =>
        spec.Nice is { } nice && setpriority(PRIO_PROCESS, 0, nice) != 0
            ? Failure(ExecStep.Nice, nice.ToString(CultureInfo.InvariantCulture))
            : null;

    private static ExecReport? SetLimits(ExecSpec spec)
    {
        foreach (var (resource, soft, hard) in spec.Limits)
        {
            LimitPair limit;
            if (getrlimit(resource, &limit) != 0)
                return Failure(ExecStep.Limit, ResourceLimit.NameOf(resource));
            limit.Hard = hard ?? limit.Hard;
            limit.Soft = Math.Min(soft ?? limit.Soft, limit.Hard);
            if (setrlimit(resource, &limit) != 0)
                return Failure(ExecStep.Limit, $"{ResourceLimit.NameOf(resource)} {limit.Soft}:{limit.Hard}");
        }
        return null;
    }

    /// <summary>Writes to a file of the kernel's.</summary>
    /// <returns>0, or errno.</returns>
    private static int Write(string path, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* name = NativeText.Terminated(path), from = bytes)
        {
            var file = open(name, O_WRONLY | O_CLOEXEC);
            if (file < 0)
                return errno;
            var written = (long)write(file, from, (Tmds.Linux.size_t)bytes.Length);
            var error = written < 0 ? errno : 0;
            _ = close(file);
            return error;
        }
    }
}
