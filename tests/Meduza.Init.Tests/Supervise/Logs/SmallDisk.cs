using Meduza.Linux.Process;

namespace Meduza.Init.Tests.Supervise.Logs;

/// <summary>A file system of a few pages over a folder, which is soon full; gone with the disposal.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <param name="size">As tmpfs takes it: <c>64k</c>.</param>
    public static SmallDisk Mount(string folder, string size)
    {
        Run("mount", "-t", "tmpfs", "-o", $"size={size}", "meduza-test", folder);
        return new(folder);
    }

    // Lazily: a test that failed may have left a file of it open.
    public void Dispose() => Run("umount", "-l", _folder);

    private static void Run(string program, params IReadOnlyList<string> arguments)
    {
        var result = Command.Run(program, arguments, TimeSpan.FromSeconds(30));
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
