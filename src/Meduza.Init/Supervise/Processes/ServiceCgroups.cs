using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// One cgroup a service, under the one that PID 1 was started in: it holds all that the service ever forks, whatever
/// sessions and parents that has. PID 1 itself moves into one beside them, since a group with processes of its own may not
/// pass controllers on to groups in it (cgroups(7), "no internal processes"). Where the hierarchy is not there or cannot
/// be written it is done without, and nothing but the figures and limits is missing: <see cref="Strays"/> finds the rest.
/// </summary>
internal sealed class ServiceCgroups(Action<string> say)
{
    private const string OwnLeaf = "meduza-init";

    /// <summary>No name of a service ends in a kernel's file of a group that way.</summary>
    private const string Suffix = ".service";

    private static readonly string[] Controllers = ["memory", "pids", "cpu"];

    private readonly List<Cgroup> _leaving = [];
    private Cgroup? _parent;

    /// <summary>Takes the group that PID 1 is in for its services.</summary>
    public void Take()
    {
        try
        {
            if (Cgroup.Own() is not { } own)
                return;
            if (Path.GetFileName(own.Folder) == OwnLeaf)
            {
                // An earlier image of this process was here, and groups of services that are no more may have been left.
                _parent = new(Path.GetDirectoryName(own.Folder)!);
                _leaving.AddRange(Directory.GetDirectories(_parent.Folder, "*" + Suffix).Select(folder => new Cgroup(folder)));
                RemoveEmpty();
                _leaving.Clear();
            }
            else
            {
                var leaf = own.Child(OwnLeaf);
                leaf.Make();
                leaf.Join();
                _parent = own;
            }
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            return; // read-only, as in most containers
        }
        foreach (var controller in Controllers)
        {
            try
            {
                _parent.Write("cgroup.subtree_control", $"+{controller}");
            }
            catch (LinuxException)
            {
                // Not handed down to us, or somebody else's process is in the group: limits of that kind do not hold.
            }
        }
    }

    /// <summary>The group of a service, made where it is missing; null where there are none.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public Cgroup? Make(string service)
    {
        if (Of(service) is not { } group)
            return null;
        group.Make();
        _leaving.Remove(group);
        return group;
    }

    /// <summary>SIGKILL to all that is in it.</summary>
    /// <returns>False where the service has none.</returns>
    /// <exception cref="LinuxException">There is one, and no descriptor to write to it with.</exception>
    public bool Kill(string service)
    {
        if (Of(service) is not { } group || !Directory.Exists(group.Folder))
            return false;
        group.Kill();
        return true;
    }

    /// <summary>What its processes use; nothing where that cannot be read just now.</summary>
    public MemoryUse Memory(string service)
    {
        try
        {
            return Of(service) is { } group ? new(group.ReadNumber("memory.current"), group.ReadNumber("memory.peak")) : default;
        }
        catch (LinuxException)
        {
            return default; // no descriptor is left: status is told without the figure
        }
    }

    /// <summary>The service is no more: its group goes as soon as the last process in it has gone.</summary>
    public void Forget(string service)
    {
        if (Of(service) is not { } group)
            return;
        _leaving.Add(group);
        RemoveEmpty();
    }

    /// <summary>Processes ended: looks whether groups of services that are no more are empty now.</summary>
    public void RemoveEmpty() => _leaving.RemoveAll(TryRemove);

    private bool TryRemove(Cgroup group)
    {
        try
        {
            return group.TryRemove();
        }
        catch (LinuxException e)
        {
            say($"warning: {e.Message}; it is left");
            return true;
        }
    }

    private Cgroup? Of(string service) => _parent?.Child(service + Suffix);
}
