using System.Formats.Tar;
using System.Text;

namespace Meduza.Init.Cli.Support;

/// <summary>The archive: each file once, in one folder, readable by whoever unpacks it, and what is known to be secret hidden in each.</summary>
/// <param name="to">Where it is written.</param>
/// <param name="folder">Of all files.</param>
/// <param name="mask">Hides secrets.</param>
internal sealed class SupportBundle(Stream to, string folder, SecretMask mask, TimeProvider time) : IDisposable
{
    /// <summary>Of a file that is read; of a longer one the end is taken. Log files are rotated before.</summary>
    private const int LongestFile = 8 << 20;

    private readonly TarWriter _tar = new(to, TarEntryFormat.Pax, leaveOpen: true);

    public int Count { get; private set; }

    public void Add(string name, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(mask.Hide(text)));
        _tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{folder}/{name}")
        {
            DataStream = content, ModificationTime = time.GetUtcNow(), Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        });
        Count++;
    }

    /// <summary>A file of this machine; where it cannot be read, why.</summary>
    public void AddFile(string name, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            file.Seek(Math.Max(0, file.Length - LongestFile), SeekOrigin.Begin);
            using var reader = new StreamReader(file, Encoding.UTF8);
            Add(name, reader.ReadToEnd());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Add(name + ".problem.txt", $"{path} cannot be read: run this as root\n");
        }
    }

    public void Dispose() => _tar.Dispose();
}
