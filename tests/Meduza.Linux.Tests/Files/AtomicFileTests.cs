using System.Text;
using Meduza.Linux.Files;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_has_its_content_mode_and_owner()
    {
        var path = _folder["key"];
        Assert.True(AtomicFile.WriteIfDifferent(path, "secret"u8, Secret, 1234, 5678));
        Assert.Equal("secret", File.ReadAllText(path));
        Assert.Equal(new FileStatus(FileKind.Regular, Secret, 1234, 5678, 6), FileStatus.Of(path));
        Assert.Equal(["key"], _folder.Names);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(10_000)]
    public void Content_of_any_length_is_written_again_only_where_it_differs(int length)
    {
        var path = _folder["long"];
        var content = new byte[length];
        Assert.True(AtomicFile.WriteIfDifferent(path, content, Secret, 0, 0));
        Assert.False(AtomicFile.WriteIfDifferent(path, content, Secret, 0, 0));
        if (length == 0)
            return;
        content[^1] = 1;
        Assert.True(AtomicFile.WriteIfDifferent(path, content, Secret, 0, 0));
        Assert.Equal(content, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_second_name_stands_for_the_file_until_the_first_one_is_written_anew()
    {
        AtomicFile.Write(_folder["first"], "old"u8, Secret, 0, 0);
        AtomicFile.Name(_folder["second"], _folder["first"], sync: true);
        AtomicFile.Write(_folder["first"], "new"u8, Secret, 0, 0);

        Assert.Equal(("new", "old"), (File.ReadAllText(_folder["first"]), File.ReadAllText(_folder["second"])));
        Assert.Equal(EEXIST, Assert.Throws<LinuxException>(() => AtomicFile.Name(_folder["second"], _folder["first"])).Errno);
    }

    [Fact]
    public void Mode_is_exact_whatever_the_umask()
    {
        const UnixFileMode all = Readable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        AtomicFile.Write(_folder["open"], "x"u8, all, 0, 0);
        Assert.Equal(all, FileStatus.Of(_folder["open"])!.Value.Mode);
    }

    [Fact]
    public void What_a_killed_process_had_not_finished_is_removed_and_nothing_else()
    {
        string[] others = [".key.new", ".key.0123.new", "key.0123456789abcdef0123456789abcdef.new", ".key.0123456789abcdef0123456789abcdef.old", "key"];
        foreach (var name in others.Append(".key.0123456789abcdef0123456789abcdef.new").Append(".a.b.fedcba98765432100123456789abcdef.new"))
            File.WriteAllText(_folder[name], "");

        AtomicFile.RemoveUnfinished(_folder.Path);
        AtomicFile.RemoveUnfinished(_folder["not there"]);

        Assert.Equal(others.Order(), _folder.Names.Order());
    }

    [Fact]
    public void What_was_not_finished_of_one_file_goes_without_that_of_others()
    {
        string[] others = [".key.0123456789abcdef0123456789abcdef.new", ".resolv.confx.0123456789abcdef0123456789abcdef.new"];
        foreach (var name in others.Append(".resolv.conf.0123456789abcdef0123456789abcdef.new"))
            File.WriteAllText(_folder[name], "");

        AtomicFile.RemoveUnfinished(_folder.Path, "resolv.conf");

        Assert.Equal(others.Order(), _folder.Names.Order());
    }

    [Fact]
    public void Same_file_is_not_touched()
    {
        var path = _folder["file"];
        AtomicFile.Write(path, "content"u8, Readable, 0, 0);
        var old = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, old);
        Assert.False(AtomicFile.WriteIfDifferent(path, "content"u8, Readable, 0, 0));
        Assert.Equal(old, File.GetLastWriteTimeUtc(path));
    }

    [Theory]
    [InlineData("CONTENT", Readable, 0, 0)]
    [InlineData("content and more", Readable, 0, 0)]
    [InlineData("", Readable, 0, 0)]
    [InlineData("content", Secret, 0, 0)]
    [InlineData("content", Readable, 7, 0)]
    [InlineData("content", Readable, 0, 7)]
    public void File_that_differs_in_anything_is_replaced(string content, UnixFileMode mode, uint uid, uint gid)
    {
        var path = _folder["file"];
        AtomicFile.Write(path, "content"u8, Readable, 0, 0);
        Assert.True(AtomicFile.WriteIfDifferent(path, Encoding.UTF8.GetBytes(content), mode, uid, gid));
        Assert.Equal(content, File.ReadAllText(path));
        Assert.Equal(new FileStatus(FileKind.Regular, mode, uid, gid, (ulong)content.Length), FileStatus.Of(path));
    }

    [Fact]
    public void Reader_of_the_old_file_goes_on_with_the_old_content()
    {
        var path = _folder["file"];
        AtomicFile.Write(path, "old"u8, Readable, 0, 0);
        using var reader = new StreamReader(path);
        AtomicFile.Write(path, "new"u8, Readable, 0, 0);
        Assert.Equal("old", reader.ReadToEnd());
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Link_is_replaced_and_what_it_leads_to_is_left_alone()
    {
        File.WriteAllText(_folder["target"], "content");
        File.CreateSymbolicLink(_folder["link"], _folder["target"]);
        Assert.True(AtomicFile.WriteIfDifferent(_folder["link"], "content"u8, Readable, 0, 0));
        Assert.Equal(FileKind.Regular, FileStatus.Of(_folder["link"])!.Value.Kind);
        File.WriteAllText(_folder["link"], "changed");
        Assert.Equal("content", File.ReadAllText(_folder["target"]));
    }

    [Fact]
    public void Failure_names_the_file_and_leaves_nothing_behind()
    {
        Directory.CreateDirectory(_folder["folder"]);
        var error = Assert.Throws<LinuxException>(() => AtomicFile.Write(_folder["folder"], "x"u8, Readable, 0, 0));
        Assert.Equal(EISDIR, error.Errno);
        Assert.Contains(_folder["folder"], error.Message, StringComparison.Ordinal);
        Assert.Equal(["folder"], _folder.Names);
    }

    [Fact]
    public void Folder_that_is_missing_is_an_error()
    {
        var error = Assert.Throws<LinuxException>(() => AtomicFile.Write(_folder["missing/file"], "x"u8, Readable, 0, 0));
        Assert.Equal(ENOENT, error.Errno);
        // Told once, it is known the next time by its words.
        Assert.Equal(_folder["missing/file"], error.Subject);
    }

    [Fact]
    public void Synced_file_is_written_as_well()
    {
        AtomicFile.Write(_folder["file"], "content"u8, Secret, 0, 0, sync: true);
        Assert.Equal("content", File.ReadAllText(_folder["file"]));
        Assert.Equal(["file"], _folder.Names);
    }

    [Fact]
    public void Full_disk_leaves_the_old_file_and_nothing_else()
    {
        using var disk = new SmallDisk(_folder["disk"]);
        AtomicFile.Write(_folder["disk/file"], "old"u8, Readable, 0, 0);
        var error = Assert.Throws<LinuxException>(() => AtomicFile.Write(_folder["disk/file"], new byte[1 << 20], Readable, 0, 0));
        Assert.Equal(ENOSPC, error.Errno);
        Assert.Equal("old", File.ReadAllText(_folder["disk/file"]));
        Assert.Equal(["file"], Directory.EnumerateFiles(_folder["disk"]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("shorter")]
    [InlineData("a content longer than the first")]
    public void Mounted_file_is_written_in_place(string content)
    {
        File.WriteAllText(_folder["outside"], "content outside");
        File.WriteAllText(_folder["resolv.conf"], "");
        Run("mount", "--bind", _folder["outside"], _folder["resolv.conf"]);
        try
        {
            Assert.True(AtomicFile.WriteIfDifferent(_folder["resolv.conf"], Encoding.UTF8.GetBytes(content), Readable, 0, 0));
            Assert.False(AtomicFile.WriteIfDifferent(_folder["resolv.conf"], Encoding.UTF8.GetBytes(content), Readable, 0, 0));
            Assert.Equal(content, File.ReadAllText(_folder["outside"]));
        }
        finally
        {
            Run("umount", _folder["resolv.conf"]);
        }
        Assert.Equal(["outside", "resolv.conf"], _folder.Names);
    }

    [Fact]
    public void Mounted_file_in_a_read_only_folder_is_written_in_place()
    {
        File.WriteAllText(_folder["outside"], "");
        Directory.CreateDirectory(_folder["etc"]);
        File.WriteAllText(_folder["etc/resolv.conf"], "");
        Run("mount", "--bind", _folder["etc"], _folder["etc"]);
        try
        {
            Run("mount", "--bind", _folder["outside"], _folder["etc/resolv.conf"]);
            Run("mount", "-o", "remount,bind,ro", _folder["etc"]);
            AtomicFile.Write(_folder["etc/resolv.conf"], "content"u8, Readable, 0, 0);
            Assert.Equal("content", File.ReadAllText(_folder["outside"]));
            Assert.Equal(EROFS, Assert.Throws<LinuxException>(() => AtomicFile.Write(_folder["etc/other"], "x"u8, Readable, 0, 0)).Errno);
        }
        finally
        {
            Run("umount", "-R", _folder["etc"]);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        var result = Command.Run(program, arguments, TimeSpan.FromSeconds(30));
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {result.Error}");
    }

    private sealed class SmallDisk : IDisposable
    {
        private readonly string _path;

        public SmallDisk(string path)
        {
            _path = path;
            Assert.True(Mounts.MountIfMissing("small", path, "tmpfs", options: "size=64k"));
        }

        public void Dispose() => Run("umount", _path);
    }
}
