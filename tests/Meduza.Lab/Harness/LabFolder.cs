using System.Globalization;
using System.Security.Cryptography;

namespace Meduza.Lab.Harness;

/// <summary>
/// The identity of one lab and its place on disk. Whatever a lab makes on the machine bears <see cref="Prefix"/>, and the
/// folder says which runner owns it, so that a lab whose runner was killed is found and taken down by the next one.
/// </summary>
public sealed class LabFolder : IDisposable
{
    private const string FolderPrefix = "meduza-lab-";

    private LabFolder(string id) => Id = id;

    /// <summary>Six hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Start of the names of its network namespaces and cgroups.</summary>
    public string Prefix => $"mdz-{Id}-";

    public string Path => PathOf(Id);

    public static LabFolder Create()
    {
        var folder = new LabFolder(RandomNumberGenerator.GetHexString(6, lowercase: true));
        Directory.CreateDirectory(folder.Path);
        folder.Own("owner", Environment.ProcessId);
        return folder;
    }

    /// <summary>The lab of a runner.</summary>
    /// <exception cref="LabException">It has none.</exception>
    public static LabFolder OwnedBy(int runner) => All().FirstOrDefault(f => f.Owned("owner").Any(p => p.HostPid == runner))
        ?? throw new LabException($"process {runner} has no lab");

    /// <summary>Takes down the labs whose runner is gone.</summary>
    public static void SweepAbandoned()
    {
        foreach (var folder in All().Where(f => !f.Owned("owner").Any()))
            folder.TakeDown();
    }

    /// <summary>Notes a process of this lab, which <see cref="SweepAbandoned"/> ends when nobody else did.</summary>
    public void Own(string name, int hostPid) =>
        File.WriteAllText($"{Path}/{name}.pid", $"{hostPid} {ProcessTable.TryRead(hostPid)?.StartTicks}");

    /// <summary>Ends what is left of the lab: noted processes, network namespaces with all that runs in them, cgroups, files.</summary>
    public void TakeDown()
    {
        var noted = Owned("*").Where(p => p.HostPid != Environment.ProcessId).ToHashSet();
        ProcessTable.KillAll(p => noted.Any(n => (n.HostPid, n.StartTicks) == (p.HostPid, p.StartTicks)));
        foreach (var name in NetworkNamespaces())
            NetworkNamespace.Existing(name).Dispose();
        foreach (var cgroup in LabCgroup.Named(Prefix))
            cgroup.Dispose();
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    /// <summary>Names of its network namespaces that exist.</summary>
    public IEnumerable<string> NetworkNamespaces() => Directory.Exists("/run/netns")
        ? Directory.EnumerateFiles("/run/netns", Prefix + "*").Select(f => System.IO.Path.GetFileName(f)).ToList()
        : [];

    public void Dispose() => TakeDown();

    private static List<LabFolder> All() =>
    [
        .. Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), FolderPrefix + "*")
            .Select(path => new LabFolder(System.IO.Path.GetFileName(path)[FolderPrefix.Length..])),
    ];

    private IEnumerable<SeenProcess> Owned(string pattern)
    {
        foreach (var file in Directory.Exists(Path) ? Directory.GetFiles(Path, pattern + ".pid") : [])
        {
            var words = File.ReadAllText(file).Split(' ');
            if (words.Length == 2
                && int.TryParse(words[0], CultureInfo.InvariantCulture, out var pid)
                && ProcessTable.TryRead(pid) is { } process
                && process.StartTicks.ToString(CultureInfo.InvariantCulture) == words[1])
                yield return process;
        }
    }

    private static string PathOf(string id) => System.IO.Path.Combine(System.IO.Path.GetTempPath(), FolderPrefix + id);
}
