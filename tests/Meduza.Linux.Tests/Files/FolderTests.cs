using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Files;

public sealed class FolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_is_made_with_those_above_it_and_left_alone_when_right()
    {
        Assert.True(Folder.Ensure(_folder["a/b/c"], Private, 12, 34));
        var status = FileStatus.Of(_folder["a/b/c"])!.Value;
        Assert.Equal((FileKind.Folder, Private, 12u, 34u), (status.Kind, status.Mode, status.Uid, status.Gid));
        Assert.Equal(0u, FileStatus.Of(_folder["a/b"])!.Value.Uid);
        Assert.False(Folder.Ensure(_folder["a/b/c"], Private, 12, 34));
    }

    [Fact]
    public void Mode_and_owner_are_corrected_and_the_content_stays()
    {
        Directory.CreateDirectory(_folder["a"]);
        File.WriteAllText(_folder["a/file"], "");
        Assert.True(Folder.Ensure(_folder["a"], Private, 0, 34));
        Assert.True(Folder.Ensure(_folder["a"], Private | UnixFileMode.GroupRead, 0, 34));
        Assert.False(Folder.Ensure(_folder["a"], Private | UnixFileMode.GroupRead, 0, 34));
        Assert.True(File.Exists(_folder["a/file"]));
    }

    [Fact]
    public void Something_else_in_its_place_is_an_error()
    {
        File.WriteAllText(_folder["a"], "");
        Assert.Equal(ENOTDIR, Assert.Throws<LinuxException>(() => Folder.Ensure(_folder["a"], Private, 0, 0)).Errno);
        Assert.Equal(ENOTDIR, Assert.Throws<LinuxException>(() => Folder.Ensure(_folder["a/b"], Private, 0, 0)).Errno);
    }
}
