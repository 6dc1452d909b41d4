using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using static Meduza.Linux.Process.Native.ExecHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>Where the program runs and how much it may take: cgroups(7), network_namespaces(7), getrlimit(2), sched(7).</summary>
internal static unsafe partial class ExecStage
{
    /// <summary>
    /// The stage joins by itself: a process put there from outside could have had children before that. Its settings come
    /// first, so that it is never in there without them.
    /// </summary>
    private static void JoinCgroup(StageList list, ExecSpec spec)
    {
        if (spec.Cgroup is not { } cgroup)
            return;
        foreach (var (file, value) in spec.CgroupSettings)
            WriteFile(list, ExecStep.CgroupSetting, $"{file}={value}", $"{cgroup}/{file}", value, tolerated: ENOENT);
        // 0 is whoever writes.
        WriteFile(list, ExecStep.Cgroup, cgroup, $"{cgroup}/cgroup.procs", "0");
    }

    private static void EnterNetworkNamespace(StageList list, ExecSpec spec)
    {
        if (spec.NetworkNamespace is not { } path)
            return;
        list.Call(
            StageCall.Openat, ExecStep.NetworkNamespace, path, StageUse.GivesFile, 0, 0, AT_FDCWD, list.Text(path), O_RDONLY | O_CLOEXEC);
        list.Call(StageCall.Setns, ExecStep.NetworkNamespace, path, StageUse.OnFile, 0, 0, 0, CLONE_NEWNET);
    }

    private static void SetOomScore(StageList list, ExecSpec spec)
    {
        if (spec.OomScore is { } score)
            WriteFile(list, ExecStep.OomScore, Text(score), "/proc/self/oom_score_adj", Text(score));
    }

    private static void SetNice(StageList list, ExecSpec spec)
    {
        if (spec.Nice is { } nice)
            list.Call(StageCall.Setpriority, ExecStep.Nice, Text(nice), PRIO_PROCESS, 0, nice);
    }

    /// <summary>The child begins with the limits of this process, and each of the list changes what the ones before it left.</summary>
    private static void SetLimits(StageList list, ExecSpec spec)
    {
        var limits = new Dictionary<Resource, LimitPair>();
        foreach (var (resource, soft, hard) in spec.Limits)
        {
            if (!limits.TryGetValue(resource, out var limit) && getrlimit(resource, &limit) != 0)
            {
                list.Failure(ExecStep.Limit, errno, ResourceLimit.NameOf(resource));
                continue;
            }
            limit.Hard = hard ?? limit.Hard;
            limit.Soft = Math.Min(soft ?? limit.Soft, limit.Hard);
            limits[resource] = limit;
            list.Call(
                StageCall.Prlimit64, ExecStep.Limit, $"{ResourceLimit.NameOf(resource)} {limit.Soft}:{limit.Hard}",
                0, (int)resource, list.Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<LimitPair>(in limit))), 0);
        }
    }

    /// <summary>Writes to a file of the kernel's; where it is not to be opened for the tolerated reason, nothing is written.</summary>
    private static void WriteFile(StageList list, ExecStep step, string subject, string path, string text, int tolerated = 0)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        list.Call(StageCall.Openat, step, subject, StageUse.GivesFile, tolerated, 2, AT_FDCWD, list.Text(path), O_WRONLY | O_CLOEXEC);
        list.Call(StageCall.Write, step, subject, StageUse.OnFile, 0, 0, 0, list.Bytes(bytes), bytes.Length);
        list.Call(StageCall.Close, step, subject, StageUse.OnFile, 0, 0, 0);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
