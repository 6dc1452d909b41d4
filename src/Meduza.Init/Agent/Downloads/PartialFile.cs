using System.Text.Json;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Downloads;

/// <summary>What is known of a file of which a part has come.</summary>
/// <param name="Source">From where, as <see cref="DownloadFolder.Mark"/> has it.</param>
/// <param name="ETag">Of the answer that brought the part.</param>
/// <param name="LastModified">Of the same.</param>
/// <param name="Packing">How the part, and so the rest of it, is packed; null where it is not.</param>
/// <param name="Boot">Of the machine, in which it came: what a power cut left of a file that was not synced may have holes.</param>
internal sealed record PartialHead(string Source, string? ETag, string? LastModified, string? Packing, string Boot);

/// <summary>A file that has not come in full: its bytes as the server sent them, and beside it what they are of.</summary>
/// <param name="path">Of the bytes.</param>
/// <param name="boot">Which boot of the machine this is.</param>
internal sealed class PartialFile(string path, string boot)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string HeadPath => path + ".json";

    /// <summary>What there is to go on from; null where it must begin anew.</summary>
    /// <param name="source">From where it is to come.</param>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public (Validators Validators, string? Packing, long Length)? Find(string source)
    {
        try
        {
            var length = new FileInfo(path) is { Exists: true, Length: var found } ? found : 0;
            if (length == 0 || !File.Exists(HeadPath))
                return null;
            var head = JsonText.Parse(File.ReadAllBytes(HeadPath), DownloadJson.ReadPartialHead);
            var validators = new Validators(head.ETag, head.LastModified);
            return head.Source == source && head.Boot == boot && validators.Strong is not null ? (validators, head.Packing, length) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Begins it anew.</summary>
    public FileStream Begin(string source, Validators validators, string? packing)
    {
        Discard();
        var head = new PartialHead(source, validators.ETag, validators.LastModified, packing, boot);
        AtomicFile.Write(HeadPath, JsonText.Utf8(head, DownloadJson.Write), Mode, uid: 0, gid: 0);
        return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Goes on at its end.</summary>
    public FileStream GoOn() => new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public FileStream Read() => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

    public void Discard()
    {
        File.Delete(HeadPath);
        File.Delete(path);
    }
}
