namespace Meduza.Image.Root;

/// <summary>A file, a link or a folder of the root. Everything belongs to root: what runs as another user is given its files by PID 1.</summary>
/// <param name="Path">Without a slash in front.</param>
/// <param name="Mode">Its rights.</param>
/// <param name="Origin">Whose it is; of a folder, who first needed it.</param>
public abstract record Entry(string Path, UnixFileMode Mode, Origin Origin);

public sealed record FolderEntry(string Path, UnixFileMode Mode, Origin Origin) : Entry(Path, Mode, Origin);

/// <param name="Target">What the link says.</param>
public sealed record LinkEntry(string Path, string Target, Origin Origin) : Entry(Path, Modes.Link, Origin);

/// <summary>A file with content that lies on this machine, or that was made.</summary>
/// <param name="Source">Where it lies here; null for one that was made.</param>
/// <param name="Made">Its content; null for one that lies here.</param>
public sealed record FileEntry(string Path, UnixFileMode Mode, Origin Origin, string? Source, byte[]? Made) : Entry(Path, Mode, Origin)
{
    public long Size => Made?.Length ?? new FileInfo(Source!).Length;

    public Stream Open() => Made is null ? File.OpenRead(Source!) : new MemoryStream(Made, writable: false);
}

internal static class Modes
{
    public const UnixFileMode Folder = (UnixFileMode)0b111_101_101;
    public const UnixFileMode Program = (UnixFileMode)0b111_101_101;
    public const UnixFileMode File = (UnixFileMode)0b110_100_100;
    public const UnixFileMode Secret = (UnixFileMode)0b110_000_000;
    public const UnixFileMode Link = (UnixFileMode)0b111_111_111;
    public const UnixFileMode Closed = (UnixFileMode)0b111_000_000;

    /// <summary>Everybody may write, and remove only what is his.</summary>
    public const UnixFileMode Shared = UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111;
}
