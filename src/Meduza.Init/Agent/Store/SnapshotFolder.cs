using System.Globalization;
using Meduza.Gateway.Model;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// The commits that this node keeps on disk: the one in force, the last ones that were applied whole, and the host
/// records. Secrets are in them: root's alone, the folder too.
/// </summary>
/// <param name="path">The folder; it is made when something is first kept.</param>
internal sealed class SnapshotFolder(string path)
{
    public const string DefaultPath = "/data/meduza/snapshots";

    /// <summary>Commits that were applied and are still there to go back to.</summary>
    public const int MostApplied = 10;

    private const string InForce = "in-force";
    private const string Hosts = "hosts";
    private const string Applied = "applied-";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Place => path;

    /// <summary>Keeps the commit in force: what a boot without etcd begins with.</summary>
    /// <exception cref="LinuxException">It cannot be written; what was kept before is there still.</exception>
    public void KeepInForce(CommitMark mark, Snapshot snapshot) => Write(InForce, SnapshotFile.Write(mark, snapshot));

    /// <summary>Keeps the host records.</summary>
    /// <inheritdoc cref="KeepInForce"/>
    public void KeepHosts(Snapshot hosts) => Write(Hosts, SnapshotFile.Write(CommitMark.None, hosts));

    /// <summary>Keeps a commit that was applied whole, and lets go of the oldest.</summary>
    /// <inheritdoc cref="KeepInForce"/>
    public void KeepApplied(CommitMark mark, Snapshot snapshot)
    {
        var content = SnapshotFile.Write(mark, snapshot);
        var kept = AppliedFiles();
        // An agent that comes back applies again what it had applied.
        if (kept is [.., var (_, newest)] && IsSame(newest, content))
            return;
        Write(string.Create(CultureInfo.InvariantCulture, $"{Applied}{(kept.Count > 0 ? kept[^1].Number : 0) + 1:D10}"), content);
        foreach (var (_, file) in kept.SkipLast(MostApplied - 1))
            File.Delete(file);
    }

    /// <summary>The commits that could be begun with, the best first: the one in force, then those that were applied, from the newest on.</summary>
    /// <param name="warn">Told of each file that cannot be used, and why.</param>
    public IEnumerable<(CommitMark Mark, Snapshot Snapshot)> Load(Action<string> warn)
    {
        if (!Directory.Exists(path))
            yield break;
        foreach (var file in AppliedFiles().Select(kept => kept.Name).Append(FileOf(InForce)).Reverse())
        {
            if (TryLoad(file, warn) is { } kept)
                yield return kept;
        }
    }

    /// <summary>The host records; null where none are kept, or none that can be used.</summary>
    /// <inheritdoc cref="Load"/>
    public Snapshot? LoadHosts(Action<string> warn) => TryLoad(FileOf(Hosts), warn)?.Snapshot;

    private static (CommitMark Mark, Snapshot Snapshot)? TryLoad(string file, Action<string> warn)
    {
        try
        {
            return SnapshotFile.Read(File.ReadAllBytes(file));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            warn($"{file} cannot be used: {(e is InvalidDataException ? e.Message : "it cannot be read")}");
            return null;
        }
    }

    private static bool IsSame(string file, byte[] content)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().SequenceEqual(content);
        }
        catch (IOException)
        {
            return false; // then it is written anew, under the next number
        }
    }

    /// <summary>From the oldest to the newest; what else lies in the folder is not ours to touch.</summary>
    private List<(int Number, string Name)> AppliedFiles()
    {
        if (!Directory.Exists(path))
            return [];
        List<(int Number, string Name)> files = [];
        foreach (var file in Directory.EnumerateFiles(path, $"{Applied}*"))
        {
            if (int.TryParse(Path.GetFileName(file.AsSpan())[Applied.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                files.Add((number, file));
        }
        files.Sort();
        return files;
    }

    private void Write(string name, byte[] content)
    {
        Folder.Ensure(path, Private | UnixFileMode.UserExecute, uid: 0, gid: 0);
        AtomicFile.WriteIfDifferent(FileOf(name), content, Private, uid: 0, gid: 0, sync: true);
    }

    private string FileOf(string name) => Path.Join(path, name);
}
