using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Downloads;

/// <summary>Something that was fetched and is in memory.</summary>
/// <param name="Content">All of it.</param>
internal sealed record Download(ReadOnlyMemory<byte> Content, Validators Validators, string Source, long FetchedAt) : KeptCopy(Validators, Source, FetchedAt)
{
    public override long Size => Content.Length;
}

/// <summary>What stands before the content, in one line.</summary>
/// <param name="Hash">XXH128 of the content.</param>
/// <param name="Reading">As in <see cref="KeptFile"/>.</param>
internal sealed record DownloadHead(string Hash, string Source, string? ETag, string? LastModified, long FetchedAt, int Reading);

[RecordJson(typeof(DownloadHead), typeof(PartialHead))]
internal static partial class DownloadJson;

/// <summary>
/// The last good copy of what is fetched, a file each, which outlives this machine's restarts: one line of JSON, and then the
/// content as it came. It may hold passwords: it is root's alone.
/// </summary>
/// <param name="path">Made when something is first kept.</param>
internal sealed class DownloadFolder(string path)
{
    /// <summary>Where they lie.</summary>
    public string Path => path;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Stands for an address, which may have a token in it: tells one from another, and nothing of it.</summary>
    public static string Mark(string address) => Hash(Encoding.UTF8.GetBytes(address));

    /// <summary>What is kept under a name; null where nothing is, or nothing whole.</summary>
    /// <param name="warn">Told of what is there and cannot be used.</param>
    public Download? Load(string name, Action<string> warn)
    {
        var file = FileOf(name);
        try
        {
            var bytes = File.ReadAllBytes(file);
            if (Parse(bytes) is { } download)
                return download;
            warn($"{file} is damaged, and not used: what it held is fetched again");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Nothing was fetched yet.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"{file} cannot be read, and is not used: what it held is fetched again");
        }
        return null;
    }

    /// <summary>Keeps it in place of what was there.</summary>
    /// <exception cref="LinuxException">It cannot be written; what was kept before is there still.</exception>
    public void Keep(string name, Download download)
    {
        var head = new DownloadHead(
            Hash(download.Content.Span), download.Source, download.Validators.ETag, download.Validators.LastModified, download.FetchedAt, Reading: 0);
        Folder.Ensure(path, Private | UnixFileMode.UserExecute, uid: 0, gid: 0);
        AtomicFile.Write(FileOf(name), [.. JsonText.Utf8(head, DownloadJson.Write), (byte)'\n', .. download.Content.Span], Private, uid: 0, gid: 0, sync: true);
    }

    /// <summary>Deletes what has been kept for long, and is wanted no more.</summary>
    /// <param name="wanted">Names.</param>
    /// <param name="before">When it was last written.</param>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    public void Sweep(IEnumerable<string> wanted, DateTimeOffset before)
    {
        var kept = wanted.Select(FileOf).ToHashSet(StringComparer.Ordinal);
        var all = Directory.Exists(path) ? Directory.EnumerateFiles(path).ToList() : [];
        foreach (var file in all.Where(file => !kept.Contains(file) && File.GetLastWriteTimeUtc(file) < before.UtcDateTime))
            File.Delete(file);
    }

    private static Download? Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf((byte)'\n');
        if (end < 0)
            return null;
        try
        {
            var head = JsonText.Parse(bytes.AsSpan(0, end), DownloadJson.ReadDownloadHead);
            var content = bytes.AsMemory(end + 1);
            return head.Hash == Hash(content.Span) ? new(content, new(head.ETag, head.LastModified), head.Source ?? "", head.FetchedAt) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(XxHash128.Hash(bytes));

    private string FileOf(string name) => System.IO.Path.Join(path, name);
}
