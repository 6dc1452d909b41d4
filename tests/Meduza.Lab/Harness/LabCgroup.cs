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
    public static LabCgroup? TryCreate(string name) => TryCreate(name, Unified());

    /// <summary>The same in the memory controller's hierarchy of the first kind (cgroups(7), version 1).</summary>
    public static LabCgroup? TryCreateOfMemory(string name) => TryCreate(name, OfMemory());

    private static LabCgroup? TryCreate(string name, string? root)
    {
        if (root is null)
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
    public static IReadOnlyList<LabCgroup> Named(string prefix) =>
    [
        .. ((string?[])[Unified(), OfMemory()]).OfType<string>()
            .SelectMany(root => Directory.GetDirectories(root, prefix + "*")).Select(path => new LabCgroup(path)),
    ];

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

    private static string? Unified() => Mounted(fields => fields[2] == "cgroup2");

    private static string? OfMemory() => Mounted(fields => fields[2] == "cgroup" && fields[3].Split(',').Contains("memory"));

    private static string? Mounted(Func<string[], bool> wanted) => File.ReadLines("/proc/self/mounts")
        .Select(line => line.Split(' '))
        .Where(wanted)
        .Select(fields => fields[1])
        .FirstOrDefault();
}
