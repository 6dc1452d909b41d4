using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Files;

public sealed class ExecutableFileTests
{
    private static readonly byte[] True = File.ReadAllBytes("/bin/true");

    [Fact]
    public void A_program_in_memory_is_executed_by_its_descriptor()
    {
        using var program = ExecutableFile.Create("true", True);
        Assert.Equal(0, Execute(program));
    }

    [Fact]
    public void Where_memory_may_not_be_executed_a_folder_is_found_in_which_it_may_and_nothing_is_left_in_it()
    {
        using var folder = new TemporaryFolder();
        // Missing, of a kind that has no files without a name, and one that does.
        using var program = ExecutableFile.CreateIn(["/no/such", "/proc", folder.Path], "true", True);
        Assert.Equal(0, Execute(program));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Where_there_is_none_it_says_what_forbids_it()
    {
        var e = Assert.Throws<LinuxException>(() => ExecutableFile.CreateIn(["/no/such"], "true", True).Dispose());
        Assert.Contains("vm.memfd_noexec is 2", e.Message, StringComparison.Ordinal);
    }

    private static int Execute(Descriptor program)
    {
        var pid = Spawn.Run(new("/proc/self/fd/3", ["true"]) { Passed = [program] });
        Exit exit;
        while (!Reaper.TryReap(pid, out exit))
            Thread.Sleep(1);
        return exit.Code;
    }
}
