using CsCheck;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Files;

public sealed class MountsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Line_of_the_manual_page_is_parsed() => Assert.Equal(
        [new Mount(36, 35, "/mnt1", "/mnt2", "rw,noatime", "ext3", "/dev/root")],
        Mounts.Parse("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"));

    [Fact]
    public void Octal_escapes_are_undone() => Assert.Equal(
        [new Mount(1, 0, "/", "/a b\tc\\040d#e", "rw", "tmpfs", "no\nne")],
        Mounts.Parse("1 0 0:1 / /a\\040b\\011c\\134040d\\043e rw - tmpfs no\\012ne rw\n"));

    [Fact]
    public void Dash_in_the_path_is_not_the_separator() => Assert.Equal(
        "/-", Assert.Single(Mounts.Parse("1 0 0:1 / /- rw shared:1 master:2 - tmpfs - rw\n")).Point);

    [Fact]
    public void Any_text_is_parsed_or_passed_over() => Gen.Char["01 /-\\:\n40a"].Array[0, 60]
        .Sample(text => Mounts.Parse(new string(text)).All(m => m.Type.Length + m.Point.Length < 60));

    [Fact]
    public void Mounts_of_this_process_have_proc() => Assert.Contains(Mounts.Read(), m => m is { Point: "/proc", Type: "proc" });

    [Fact]
    public void Missing_mount_is_made_once_and_its_folder_too()
    {
        var target = _folder["a folder/with blanks"];
        Assert.True(Mounts.MountIfMissing("none", target, "tmpfs", options: "size=64k,mode=700"));
        try
        {
            Assert.Equal("tmpfs", Assert.Single(Mounts.Read(), m => m.Point == target).Type);
            Assert.False(Mounts.MountIfMissing("none", target, "tmpfs"));
            Assert.Single(Mounts.Read(), m => m.Point == target);
        }
        finally
        {
            Assert.Equal(0, Command.Run("umount", [target], TimeSpan.FromSeconds(30)).ExitCode);
        }
    }

    [Fact]
    public void Mount_that_cannot_be_says_what_and_where()
    {
        var error = Assert.Throws<LinuxException>(() => Mounts.MountIfMissing("none", _folder["a"], "nosuchfs"));
        Assert.Equal(Tmds.Linux.LibC.ENODEV, error.Errno);
        Assert.Contains("nosuchfs", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["a"], error.Message, StringComparison.Ordinal);
    }
}
