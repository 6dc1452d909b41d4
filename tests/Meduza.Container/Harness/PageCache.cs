using Tmds.Linux;

namespace Meduza.Container.Harness;

/// <summary>The kernel's copies of files in memory.</summary>
internal static class PageCache
{
    /// <summary>Lets go of the copies of all files in a folder: who reads one next has it read from the disk, and in its own account.</summary>
    public static void Drop(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            // Only what is on the disk can be let go.
            RandomAccess.FlushToDisk(file);
            _ = LibC.posix_fadvise((int)file.DangerousGetHandle(), 0, 0, LibC.POSIX_FADV_DONTNEED);
        }
    }
}
