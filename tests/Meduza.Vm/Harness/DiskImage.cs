using Meduza.Linux.Process;

namespace Meduza.Vm.Harness;

/// <summary>An ext4 file system in a file, made and read by e2fsprogs: nothing of it is mounted here.</summary>
public sealed class DiskImage
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <param name="path">Of the image, made anew.</param>
    /// <param name="content">A folder whose content it gets.</param>
    /// <param name="label">Of the file system; empty for none.</param>
    public DiskImage(string path, string content, string label = "")
    {
        Path = path;
        Run("mkfs.ext4", "-q", "-L", label, "-d", content, path, "64M");
    }

    public string Path { get; }

    /// <summary>True when it was unmounted or became read-only before the machine ended: nothing is left to be recovered.</summary>
    public bool IsClean => Run("dumpe2fs", "-h", Path) is var head && Has(head, "Filesystem state:", "clean") && !Has(head, "Filesystem features:", "needs_recovery");

    /// <summary>A file's content; empty where there is none.</summary>
    public string Text(string file) => Run("debugfs", "-R", $"cat {file}", Path);

    private static bool Has(string head, string line, string word) => head.Split('\n')
        .Any(l => l.StartsWith(line, StringComparison.Ordinal) && l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(word));

    private static string Run(string program, params string[] arguments)
    {
        var result = Command.Run(program, arguments, Limit);
        Assert.True(result.ExitCode == 0, $"{program}: {result.Error}");
        return result.Output;
    }
}
