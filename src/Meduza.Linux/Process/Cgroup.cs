using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>One group of the unified hierarchy (cgroups(7), version 2), by its folder.</summary>
/// <param name="Folder">Absolute, under a mount of type <c>cgroup2</c>.</param>
public sealed unsafe record Cgroup(string Folder)
{
    /// <summary>One round finds what ran; a process that forked meanwhile is found by the next.</summary>
    private const int MostRounds = 5;

    /// <summary>The group that this process is in; null where no unified hierarchy is mounted that shows it.</summary>
    /// <exception cref="LinuxException">The files of <c>/proc</c> cannot be read.</exception>
    public static Cgroup? Own()
    {
        using var file = Descriptor.Open("/proc/self/cgroup", O_RDONLY);
        var folder = FolderOf(Encoding.UTF8.GetString(DescriptorIO.ReadToEnd(file, "/proc/self/cgroup")), Mounts.Read());
        return folder is null ? null : new(folder);
    }

    /// <summary>Finds a group's folder: the line <c>0::PATH</c> is a path in the hierarchy, of which a mount shows a part.</summary>
    internal static string? FolderOf(string cgroups, IReadOnlyList<Mount> mounts)
    {
        const string Unified = "0::";
        var line = cgroups.Split('\n').FirstOrDefault(l => l.StartsWith(Unified, StringComparison.Ordinal));
        // A path outside of this cgroup namespace is told from its root: "/../x".
        if (line is null || line.StartsWith($"{Unified}/..", StringComparison.Ordinal))
            return null;
        var path = line[Unified.Length..].TrimEnd('/');
        foreach (var mount in mounts.Where(m => m.Type == "cgroup2").Reverse())
        {
            var root = mount.Root.TrimEnd('/');
            if (path == root || path.StartsWith(root + "/", StringComparison.Ordinal))
                return mount.Point.TrimEnd('/') + path[root.Length..];
        }
        return null;
    }

    public Cgroup Child(string name) => new($"{Folder}/{name}");

    /// <summary>Makes it, unless it is there.</summary>
    /// <exception cref="LinuxException">It cannot be made: read-only, or too many.</exception>
    public void Make()
    {
        fixed (byte* path = NativeText.Terminated(Folder))
        {
            if (mkdir(path, (Tmds.Linux.mode_t)0x1ed /* 0755 */) != 0 && Marshal.GetLastPInvokeError() != EEXIST)
                throw LinuxException.Last("mkdir", Folder);
        }
    }

    /// <summary>Removes it.</summary>
    /// <returns>False while a process is in it; a killed one is for a moment yet.</returns>
    /// <exception cref="LinuxException">It cannot be removed.</exception>
    public bool TryRemove()
    {
        fixed (byte* path = NativeText.Terminated(Folder))
        {
            if (rmdir(path) == 0 || Marshal.GetLastPInvokeError() == ENOENT)
                return true;
            return Marshal.GetLastPInvokeError() == EBUSY ? false : throw LinuxException.Last("rmdir", Folder);
        }
    }

    /// <summary>Moves this process into it.</summary>
    /// <exception cref="LinuxException">It may not.</exception>
    public void Join() => Write("cgroup.procs", "0");

    /// <summary>Writes one of its files.</summary>
    /// <exception cref="LinuxException">There is no such file, or it does not take that.</exception>
    public void Write(string name, string value)
    {
        var path = $"{Folder}/{name}";
        using var file = Descriptor.Open(path, O_WRONLY);
        DescriptorIO.Write(file, Encoding.ASCII.GetBytes(value), path);
    }

    /// <summary>Reads a file of one number.</summary>
    /// <returns>Null where there is no such file (its controller is not enabled), or it says <c>max</c>.</returns>
    public long? ReadNumber(string name) =>
        Read(name) is { } text && long.TryParse(text.AsSpan().TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The processes in it, those of other pid namespaces left out.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. (Read("cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)).Where(pid => pid > 0),
    ];

    /// <summary>
    /// SIGKILL to all in it, whatever they fork meanwhile; from Linux 5.14 on at once, by the kernel (<c>cgroup.kill</c>).
    /// </summary>
    /// <exception cref="LinuxException">Its files cannot be opened.</exception>
    public void Kill()
    {
        try
        {
            Write("cgroup.kill", "1");
            return;
        }
        catch (LinuxException e) when (e.Errno == ENOENT)
        {
        }
        for (var round = 0; round < MostRounds && Processes() is { Count: > 0 } processes; round++)
        {
            foreach (var pid in processes)
                Signals.Send(pid, SIGKILL);
        }
    }

    private string? Read(string name)
    {
        var path = $"{Folder}/{name}";
        try
        {
            using var file = Descriptor.Open(path, O_RDONLY);
            return Encoding.ASCII.GetString(DescriptorIO.ReadToEnd(file, path));
        }
        catch (LinuxException e) when (e.Errno == ENOENT || e.Errno == ENODEV)
        {
            return null; // ENODEV: removed since it was opened
        }
    }
}
