namespace Meduza.Container.Harness;

/// <summary>The image as a folder, for looking at.</summary>
public sealed class UnpackedImage : IDisposable
{
    private const int MostLinks = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-unpacked-").FullName;

    public UnpackedImage()
    {
        BuiltImage.Ours.Unpack(_folder);
        Everything = [.. Walk("")];
    }

    /// <summary>Paths of all that is in it and no link, folders too, without a slash in front.</summary>
    public IReadOnlyList<string> Everything { get; }

    public IEnumerable<string> Files => Everything.Where(path => File.Exists(At(path)));

    public List<string> Links { get; } = [];

    /// <summary>Where a path of it lies here.</summary>
    public string At(string path) => Path.Combine(_folder, path);

    /// <summary>True where the path leads to something within the image, by whatever links.</summary>
    public bool Resolves(string path)
    {
        var links = 0;
        var left = new Stack<string>(Parts(path));
        var at = new List<string>();
        while (left.TryPop(out var part))
        {
            if (part == "..")
            {
                at.RemoveAt(at.Count - 1);
                continue;
            }
            at.Add(part);
            var info = new FileInfo(At(string.Join('/', at)));
            if (info.LinkTarget is { } target)
            {
                if (++links > MostLinks)
                    return false;
                if (target.StartsWith('/'))
                    at.Clear();
                else
                    at.RemoveAt(at.Count - 1);
                foreach (var next in Parts(target))
                    left.Push(next);
            }
            else if (!info.Exists && !Directory.Exists(info.FullName))
            {
                return false;
            }
        }
        return true;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();

    private IEnumerable<string> Walk(string prefix)
    {
        foreach (var entry in new DirectoryInfo(At(prefix)).EnumerateFileSystemInfos())
        {
            var path = prefix + entry.Name;
            if (entry.LinkTarget is not null)
            {
                Links.Add(path);
                continue;
            }
            yield return path;
            if (entry is DirectoryInfo)
            {
                foreach (var inner in Walk(path + "/"))
                    yield return inner;
            }
        }
    }
}
