using System.Globalization;

namespace Meduza.Lab.Harness;

/// <summary>
/// The pids controller of control groups over all processes of one machine: how many tasks there are, zombies included,
/// and how many there may be. In the unified hierarchy where that has the controller, otherwise in the one of its own.
/// </summary>
public sealed class ProcessBudget : IDisposable
{
    private readonly string _path;
    private readonly bool _isOwn;

    /// <exception cref="LabException">This machine's kernel or container has no pids controller to be written.</exception>
    public ProcessBudget(PidOne machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        if (machine.CgroupPath is { } group && File.Exists($"{group}/pids.max"))
        {
            _path = group;
            Door = $"{group}/visitors/cgroup.procs";
            Directory.CreateDirectory($"{group}/visitors");
            return;
        }
        _isOwn = true;
        _path = $"{OwnHierarchy()}/mdz-budget-{machine.HostPid}";
        Door = $"{_path}/cgroup.procs";
        Directory.CreateDirectory(_path);
        foreach (var process in machine.Processes())
            TryWrite(Door, process.HostPid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>File into which a process writes its pid to count here.</summary>
    public string Door { get; }

    /// <summary>Tasks there are: threads, and zombies until they are collected.</summary>
    public int Current => int.Parse(File.ReadAllText($"{_path}/pids.current"), CultureInfo.InvariantCulture);

    /// <summary>No fork succeeds from now on, as long as there are so many.</summary>
    /// <param name="most">Null is no limit.</param>
    public void Limit(int? most) => File.WriteAllText($"{_path}/pids.max", most?.ToString(CultureInfo.InvariantCulture) ?? "max");

    public void Dispose()
    {
        if (!_isOwn)
            return;
        // Those left go to the group above, where they were before.
        foreach (var pid in File.ReadAllLines(Door))
            TryWrite($"{Path.GetDirectoryName(_path)}/cgroup.procs", pid);
        for (var end = Environment.TickCount64 + 10_000; ; Thread.Sleep(10))
        {
            try
            {
                Directory.Delete(_path);
                return;
            }
            catch (IOException) when (Environment.TickCount64 < end)
            {
                // EBUSY until the kernel has let go of the last process.
            }
        }
    }

    /// <summary>One that ended meanwhile needs no place.</summary>
    private static void TryWrite(string file, string pid)
    {
        try
        {
            File.WriteAllText(file, pid);
        }
        catch (IOException) when (ProcessTable.TryRead(int.Parse(pid, CultureInfo.InvariantCulture)) is null or { State: 'Z' })
        {
        }
    }

    private static string OwnHierarchy() => File.ReadLines("/proc/self/mounts")
        .Select(line => line.Split(' '))
        .Where(fields => fields[2] == "cgroup" && fields[3].Split(',').Contains("pids"))
        .Select(fields => fields[1])
        .FirstOrDefault() ?? throw new LabException("no control group hierarchy here has the pids controller");
}
