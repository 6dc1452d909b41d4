using System.Globalization;
using System.Text.Json;
using Meduza.Gateway.Model;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// The commits that this node keeps on disk: the one in force, the last ones that were applied whole, the one to go back
/// to, and the host records. Secrets are in them: root's alone, the folder too. Several threads may write.
/// </summary>
/// <param name="path">The folder; it is made when something is first kept.</param>
internal sealed class SnapshotFolder(string path)
{
    public const string DefaultPath = "/data/meduza/snapshots";

    /// <summary>Commits that were applied and are still there to go back to.</summary>
    public const int MostApplied = 10;

    private const string InForce = "in-force";
    private const string Hosts = "hosts";
    private const string Hold = "hold";
    private const string Applied = "applied-";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Lock _writing = new();
    private bool _isSwept;

    /// <summary>What was written as the commit in force last; null before.</summary>
    private KeptCommit? _inForce;

    public string Place => path;

    /// <summary>Keeps the commit in force: what a boot without etcd begins with.</summary>
    /// <exception cref="LinuxException">It cannot be written; what was kept before is there still.</exception>
    public void KeepInForce(CommitMark mark, Snapshot snapshot)
    {
        Write(InForce, SnapshotFile.Write(mark, snapshot));
        lock (_writing)
            _inForce = new(mark, snapshot);
    }

    /// <summary>Keeps the host records.</summary>
    /// <inheritdoc cref="KeepInForce"/>
    public void KeepHosts(Snapshot hosts) => Write(Hosts, SnapshotFile.Write(CommitMark.None, hosts));

    /// <summary>Keeps a commit that was applied whole, and lets go of the oldest.</summary>
    /// <param name="mayBeKept">True where it may be the newest of them already: one of the same keys is that one.</param>
    /// <inheritdoc cref="KeepInForce"/>
    public void KeepApplied(CommitMark mark, Snapshot snapshot, bool mayBeKept)
    {
        var kept = AppliedFiles();
        // An agent that comes back applies again what it had applied. What cannot be read is written anew, under the next number.
        if (mayBeKept && kept is [.., var (_, newest)] && TryLoad(newest, out _) is { } there && KeptCommit.HaveSameKeys(there.Keys, snapshot))
            return;
        var name = NameOf(kept is [.., var (last, _)] ? last + 1 : 1);
        if (!TryName(name, mark, snapshot))
            Write(name, SnapshotFile.Write(mark, snapshot));
        foreach (var (_, file) in kept.SkipLast(MostApplied - 1))
            File.Delete(file);
    }

    /// <summary>Keeps what is open about a commit, and the one to go back to.</summary>
    /// <inheritdoc cref="KeepInForce"/>
    public void KeepHold(CommitHold hold, KeptCommit target) =>
        Write(Hold, SnapshotFile.Write(target.Mark, target.Keys, JsonText.Utf8(hold, StoreJson.Write).ToArray()));

    /// <summary>Nothing is open any more.</summary>
    public void DropHold() => File.Delete(FileOf(Hold));

    /// <summary>What is open about a commit, and the one to go back to; null where nothing is, or where that cannot be used.</summary>
    /// <inheritdoc cref="Load(Action{string})"/>
    public (CommitHold Hold, KeptCommit Target)? LoadHold(Action<string> warn)
    {
        if (Load(FileOf(Hold), warn) is not { } target)
            return null;
        try
        {
            return (JsonText.Parse(target.Note.Span, StoreJson.ReadCommitHold), target);
        }
        catch (JsonException)
        {
            warn($"{FileOf(Hold)} cannot be used: it does not say what is open");
            return null;
        }
    }

    /// <summary>The commits that could be begun with, the best first: the one in force, then those that were applied, from the newest on.</summary>
    /// <param name="warn">Told of each file that cannot be used, and why.</param>
    public IEnumerable<KeptCommit> Load(Action<string> warn)
    {
        if (!Directory.Exists(path))
            yield break;
        foreach (var file in AppliedFiles().Select(kept => kept.Name).Append(FileOf(InForce)).Reverse())
        {
            if (Load(file, warn) is { } kept)
                yield return kept;
        }
    }

    /// <summary>The commit in force; null where none is kept, or none that can be used.</summary>
    /// <inheritdoc cref="Load(Action{string})"/>
    public KeptCommit? LoadInForce(Action<string> warn) => Load(FileOf(InForce), warn);

    /// <summary>The commits that were applied, from the newest on, those that cannot be used with the reason.</summary>
    public IEnumerable<AppliedCommit> LoadApplied()
    {
        var files = AppliedFiles();
        for (var at = files.Count - 1; at >= 0; at--)
        {
            var (number, file) = files[at];
            var kept = TryLoad(file, out var problem);
            if (kept is not null || problem is not null)
                yield return new(number, File.GetLastWriteTimeUtc(file), kept, problem);
        }
    }

    /// <summary>One of the commits that were applied.</summary>
    /// <param name="problem">Why it cannot be used.</param>
    /// <returns>Null where it cannot.</returns>
    public KeptCommit? LoadApplied(int number, out string? problem)
    {
        var kept = TryLoad(FileOf(NameOf(number)), out problem);
        problem ??= kept is null ? $"{FileOf(NameOf(number))} is not there any more" : null;
        return kept;
    }

    /// <summary>The host records; null where none are kept, or none that can be used.</summary>
    /// <inheritdoc cref="Load(Action{string})"/>
    public Snapshot? LoadHosts(Action<string> warn) => Load(FileOf(Hosts), warn)?.Keys;

    private static KeptCommit? Load(string file, Action<string> warn)
    {
        var kept = TryLoad(file, out var problem);
        if (problem is not null)
            warn(problem);
        return kept;
    }

    /// <param name="problem">Why it cannot be used; null where it is not there at all.</param>
    private static KeptCommit? TryLoad(string file, out string? problem)
    {
        problem = null;
        try
        {
            return SnapshotFile.Read(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problem = $"{file} cannot be used: {(e is InvalidDataException ? e.Message : "it cannot be read")}";
            return null;
        }
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{Applied}{number:D10}");

    private sealed record AppliedFile(int Number, string Name);

    /// <summary>From the oldest to the newest; what else lies in the folder is not ours to touch.</summary>
    private List<AppliedFile> AppliedFiles()
    {
        if (!Directory.Exists(path))
            return [];
        List<AppliedFile> files = [];
        foreach (var file in Directory.EnumerateFiles(path, $"{Applied}*"))
        {
            if (int.TryParse(Path.GetFileName(file.AsSpan())[Applied.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                files.Add(new(number, file));
        }
        files.Sort((one, other) => one.Number.CompareTo(other.Number));
        return files;
    }

    /// <summary>
    /// Gives the file of the commit in force another name: it is that commit, most of the time, and need not be written to the
    /// disk twice.
    /// </summary>
    /// <returns>False where it is another one, or the file system knows no second names.</returns>
    private bool TryName(string name, CommitMark mark, Snapshot snapshot)
    {
        lock (_writing)
        {
            if (_inForce is not { } there || there.Mark != mark || there.Keys.Keys != snapshot.Keys)
                return false;
            try
            {
                // It bears the time at which it was applied.
                File.SetLastWriteTimeUtc(FileOf(InForce), DateTime.UtcNow);
                AtomicFile.Name(FileOf(name), FileOf(InForce), sync: true);
                return true;
            }
            catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
            {
                // Whatever it is: writing it anew does without, or says why it cannot.
                return false;
            }
        }
    }

    private void Write(string name, byte[] content)
    {
        // One at a time: what another one is just writing looks like what an agent had left.
        lock (_writing)
        {
            Folder.Ensure(path, Private | UnixFileMode.UserExecute, uid: 0, gid: 0);
            AtomicFile.WriteIfDifferent(FileOf(name), content, Private, uid: 0, gid: 0, sync: true);
            // An agent that was killed may have left some of its keys there.
            if (!_isSwept)
                AtomicFile.RemoveUnfinished(path);
            _isSwept = true;
        }
    }

    private string FileOf(string name) => Path.Join(path, name);
}
