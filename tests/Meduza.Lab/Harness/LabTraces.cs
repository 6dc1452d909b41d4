namespace Meduza.Lab.Harness;

/// <summary>
/// The marks by which what a lab made can be told from the rest of the machine: taken while it stands, looked for when
/// it is gone.
/// </summary>
public sealed class LabTraces
{
    private readonly LabFolder _folder;
    private readonly HashSet<ulong> _networks;
    private readonly HashSet<ulong> _pidNamespaces;

    /// <summary>
    /// When they were taken, in clock ticks since boot. The kernel gives the number of a namespace that is gone to the next one,
    /// which may be another lab's: whose processes have begun later.
    /// </summary>
    private readonly long _takenAt;

    public LabTraces(LabNetwork lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        _folder = lab.Folder;
        _takenAt = ProcessTable.TicksSinceBoot();
        _networks = [.. _folder.NetworkNamespaces().Select(n => NetworkNamespace.Existing(n).Inode)];
        // A pid namespace has no name: it is known by the processes that are in one of our network namespaces.
        var here = ProcessTable.NamespaceOf(Environment.ProcessId, "pid");
        _pidNamespaces = [.. ProcessTable.Read().Where(p => _networks.Contains(p.Network) && p.PidNamespace != here).Select(p => p.PidNamespace)];
    }

    /// <summary>What is still there, a line each: processes, network namespaces, mounts, cgroups, files.</summary>
    public IReadOnlyList<string> Left() =>
    [
        .. ProcessTable.Read()
            .Where(p => p.StartTicks <= _takenAt && (_networks.Contains(p.Network) || _pidNamespaces.Contains(p.PidNamespace)))
            .Select(p => $"process {p.HostPid} ({p.Name}, state {p.State}): {p.CommandLine}"),
        .. _folder.NetworkNamespaces().Select(n => $"network namespace {n}"),
        .. File.ReadLines("/proc/self/mounts").Where(m => m.Contains(_folder.Path, StringComparison.Ordinal)).Select(m => $"mount {m}"),
        .. LabCgroup.Named(_folder.Prefix).Select(c => $"cgroup {c.Path}"),
        .. Directory.Exists(_folder.Path) ? new[] { $"folder {_folder.Path}" } : [],
    ];
}
