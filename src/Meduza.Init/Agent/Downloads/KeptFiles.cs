using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text.Json;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Downloads;

/// <summary>A file that was fetched and is kept.</summary>
/// <param name="Path">Where its content lies, alone and in full; another content lies elsewhere.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Hash">XXH128 of the content.</param>
internal sealed record KeptFile(string Path, long Size, string Hash, Validators Validators, string Source, long FetchedAt) : KeptCopy(Validators, Source, FetchedAt)
{
    public override long Size { get; } = Size;

    /// <summary>As what it was checked.</summary>
    public RuleReading Reading { get; init; }
}

/// <summary>
/// The last good copies of files that programs read, which outlive this machine's restarts. Of each: its content, under a name
/// that ends with its hash, so that it is never written over; and a head, which says which content is the one. The head is
/// written last: what is there is all old or all new. They are for anybody to read.
/// </summary>
/// <param name="path">Made when something is first kept.</param>
/// <param name="boot">Which boot of the machine this is.</param>
internal sealed class KeptFiles(string path, string boot)
{
    /// <summary>Where they lie.</summary>
    public string Folder => path;

    private const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What is kept under a name; null where nothing is, or nothing whole.</summary>
    /// <param name="warn">Told of what is there and cannot be used.</param>
    public KeptFile? Load(string name, Action<string> warn)
    {
        var file = HeadOf(name);
        try
        {
            var head = JsonText.Parse(File.ReadAllBytes(file), DownloadJson.ReadDownloadHead);
            var content = ContentOf(name, head.Hash);
            return new(content, new FileInfo(content).Length, head.Hash, new(head.ETag, head.LastModified), head.Source ?? "", head.FetchedAt) { Reading = (RuleReading)head.Reading };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing was fetched yet, or somebody deleted it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            warn($"{file} cannot be read, and is not used: what it is of is fetched again");
        }
        return null;
    }

    /// <summary>What has come of a file that is not there in full.</summary>
    /// <exception cref="LinuxException">The folder cannot be made.</exception>
    /// <exception cref="FetchException">The users of programs cannot get there.</exception>
    public PartialFile Partial(string name)
    {
        Linux.Files.Folder.Ensure(path, FolderMode, uid: 0, gid: 0);
        // Who cannot read its files does not start: better without them.
        for (var above = Path.GetDirectoryName(path); above is { Length: > 1 }; above = Path.GetDirectoryName(above))
        {
            if (!File.GetUnixFileMode(above).HasFlag(UnixFileMode.OtherExecute))
                throw new FetchException($"programs cannot get to what is kept in {path}: chmod o+x {above}");
        }
        return new(Base(name) + ".part", boot);
    }

    /// <summary>Makes a file of what has come in full, in place of the content that was there, which stays until the next one.</summary>
    /// <param name="name">Of the file.</param>
    /// <param name="partial">All of it, as it came.</param>
    /// <param name="packing">How it is packed.</param>
    /// <param name="longest">In bytes, unpacked.</param>
    /// <param name="problem">Says what is wrong with a content, as what follows the server's name; null where nothing is.</param>
    /// <param name="file">What is known of it besides.</param>
    /// <exception cref="RefusedAnswerException">It is none to take.</exception>
    /// <exception cref="LinuxException">It cannot be kept.</exception>
    /// <exception cref="IOException">The same.</exception>
    public KeptFile Take(
        string name, PartialFile partial, string? packing, int longest, Func<Stream, string?> problem, (Validators Validators, string Source, long FetchedAt, RuleReading Reading) file)
    {
        var temporary = Base(name) + ".new";
        try
        {
            var hash = new XxHash128();
            long size = 0;
            using (var content = new FileStream(temporary, System.IO.FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0))
            {
                File.SetUnixFileMode(content.SafeFileHandle, FileMode);
                using (var packed = partial.Read())
                {
                    Packing.Unpack(packed, packing, longest, bytes =>
                    {
                        content.Write(bytes);
                        hash.Append(bytes);
                        size += bytes.Length;
                    });
                }
                content.Position = 0;
                if (problem(content) is { } wrong)
                    throw new RefusedAnswerException(wrong);
                content.Flush(flushToDisk: true);
            }
            var text = Convert.ToHexStringLower(hash.GetCurrentHash());
            var kept = new KeptFile(ContentOf(name, text), size, text, file.Validators, file.Source, file.FetchedAt) { Reading = file.Reading };
            File.Move(temporary, kept.Path, overwrite: true);
            var before = Load(name, _ => { });
            Note(name, kept);
            // Whoever reads the one before may do so until it is told of this one.
            Remove(name, keep: [kept.Path, before?.Path ?? kept.Path]);
            return kept;
        }
        finally
        {
            File.Delete(temporary);
            partial.Discard();
        }
    }

    /// <summary>Keeps what is newly known of a content that is there.</summary>
    /// <exception cref="LinuxException">It cannot be written.</exception>
    public void Note(string name, KeptFile kept)
    {
        var head = new DownloadHead(kept.Hash, kept.Source, kept.Validators.ETag, kept.Validators.LastModified, kept.FetchedAt, (int)kept.Reading);
        AtomicFile.Write(HeadOf(name), JsonText.Utf8(head, DownloadJson.Write), FileMode, uid: 0, gid: 0, sync: true);
    }

    /// <summary>Deletes what has been kept for long, and is wanted no more.</summary>
    /// <param name="wanted">Names.</param>
    /// <param name="before">When it was last found to be the newest.</param>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public void Sweep(IEnumerable<string> wanted, DateTimeOffset before)
    {
        var kept = wanted.Select(DownloadFolder.Mark).ToHashSet(StringComparer.Ordinal);
        var old = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json").ToList() : [];
        foreach (var head in old.Where(head => !kept.Contains(Path.GetFileName(head).Split('.')[0]) && File.GetLastWriteTimeUtc(head) < before.UtcDateTime))
        {
            foreach (var file in Directory.EnumerateFiles(path, Path.GetFileName(head).Split('.')[0] + ".*"))
                File.Delete(file);
        }
    }

    private void Remove(string name, ImmutableArray<string> keep)
    {
        var head = HeadOf(name);
        foreach (var old in Directory.EnumerateFiles(path, Path.GetFileName(Base(name)) + ".*").Where(file => file != head && !keep.Contains(file) && !file.Contains(".part", StringComparison.Ordinal)))
            File.Delete(old);
    }

    // Names are paths, and may be too long, with what follows, for one of a file.
    private string Base(string name) => Path.Join(path, DownloadFolder.Mark(name));

    private string HeadOf(string name) => Base(name) + ".json";

    private string ContentOf(string name, string hash) => $"{Base(name)}.{hash}";
}
