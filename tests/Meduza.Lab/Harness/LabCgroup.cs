namespace Meduza.Lab.Harness;

/// <summary>
/// A group of the unified hierarchy (cgroups(7)) for one PID 1: the root of its cgroup namespace, so that the groups that
/// it makes for its services lie in here and not among this machine's own.
/// </summary>
public sealed class LabCgroup : IDisposable
{
    private LabCgroup(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes one, or gives null where the hierarchy is not mounted or cannot be written.</summary>
    public static LabCgroup? TryCreate(string name)
    {
        if (Hierarchy() is not { } root)
            return null;
        try
        {
            Directory.CreateDirectory($"{root}/{name}");
            return new($"{root}/{name}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Those that exist with a name that starts so.</summary>
    public static IReadOnlyList<LabCgroup> Named(string prefix) => Hierarchy() is { } root
        ? [.. Directory.GetDirectories(root, prefix + "*").Select(p => new LabCgroup(p))]
        : [];

    /// <summary>Ends what is in it, then removes it with the groups in it.</summary>
    public void Dispose()
    {
        var deadline = Environment.TickCount64 + 10_000;
        while (Directory.Exists(Path))
        {
            try
            {
                if (File.Exists($"{Path}/cgroup.kill"))
                    File.WriteAllText($"{Path}/cgroup.kill", "1");
                foreach (var inner in Directory.GetDirectories(Path, "*", SearchOption.AllDirectories).OrderByDescending(p => p.Length))
                    Directory.Delete(inner);
                Directory.Delete(Path);
            }
            catch (IOException) when (Environment.TickCount64 < deadline)
            {
                // EBUSY until the kernel has let go of the last process.
                Thread.Sleep(10);
            }
        }
    }

    private static string? Hierarchy() => File.ReadLines("/proc/self/mounts")
        .Select(line => line.Split(' '))
        .Where(fields => fields[2] == "cgroup2")
        .Select(fields => fields[1])
        .FirstOrDefault();
}
