using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Files;

public sealed class WritableOverlayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private const UnixFileMode ForAll = (UnixFileMode)0b001_111_111_111;

    private readonly string _root;

    public WritableOverlayTests()
    {
        _root = _folder["root"];
        Directory.CreateDirectory(_root);
        Run("mount", "-t", "tmpfs", "none", _root);
        Directory.CreateDirectory($"{_root}/etc/keys");
        File.WriteAllText($"{_root}/etc/passwd", "as it was");
        File.WriteAllText($"{_root}/etc/hosts", "of the image");
        File.WriteAllText(_folder["hosts"], "of the engine");
        Directory.CreateDirectory(_folder["keys"]);
        File.WriteAllText(_folder["keys/key"], "secret");
        File.WriteAllText($"{_root}/etc/resolv.conf", "");
        Directory.CreateDirectory($"{_root}/tmp");
        File.SetUnixFileMode($"{_root}/tmp", ForAll);
        Run("mount", "-o", "remount,ro", _root);
        Run("mount", "--bind", _folder["hosts"], $"{_root}/etc/hosts");
        Run("mount", "--bind", _folder["keys"], $"{_root}/etc/keys");
    }

    [Fact]
    public void What_was_there_can_be_read_and_what_is_new_be_written()
    {
        Assert.True(WritableOverlay.IsReadOnly($"{_root}/etc"));
        WritableOverlay.Lay($"{_root}/etc", _folder["layers/etc"], []);
        Assert.False(WritableOverlay.IsReadOnly($"{_root}/etc"));
        File.WriteAllText($"{_root}/etc/new", "new");
        File.WriteAllText($"{_root}/etc/passwd", "changed");
        Assert.Equal("new", File.ReadAllText($"{_root}/etc/new"));
        Assert.Equal("changed", File.ReadAllText($"{_root}/etc/passwd"));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode($"{_root}/etc"));
    }

    [Fact]
    public void A_folder_for_all_stays_one()
    {
        WritableOverlay.Lay($"{_root}/tmp", _folder["layers/tmp"], []);
        Assert.Equal(ForAll, File.GetUnixFileMode($"{_root}/tmp"));
    }

    [Fact]
    public void What_was_mounted_within_stays_there()
    {
        WritableOverlay.Lay($"{_root}/etc", _folder["layers/etc"], []);
        Assert.Equal("of the engine", File.ReadAllText($"{_root}/etc/hosts"));
        Assert.Equal("secret", File.ReadAllText($"{_root}/etc/keys/key"));
        // And is no copy: what is written to it is written to the engine's.
        File.AppendAllText($"{_root}/etc/hosts", ", and ours");
        Assert.Equal("of the engine, and ours", File.ReadAllText(_folder["hosts"]));
    }

    [Theory]
    [InlineData("ro", "as it was mounted")]
    [InlineData("rw", "written")]
    public void A_file_that_must_be_writable_and_was_mounted_read_only_is_a_copy(string option, string mounted)
    {
        var (file, path) = (_folder["resolv.conf"], $"{_root}/etc/resolv.conf");
        File.WriteAllText(file, "as it was mounted");
        Run("mount", "--bind", file, path);
        Run("mount", "-o", $"remount,bind,{option}", path);
        WritableOverlay.Lay($"{_root}/etc", _folder["layers/etc"], [path]);
        Assert.Equal("as it was mounted", File.ReadAllText(path));
        File.WriteAllText(path, "written");
        Assert.Equal("written", File.ReadAllText(path));
        Assert.Equal(mounted, File.ReadAllText(file));
        Assert.Equal("of the engine", File.ReadAllText($"{_root}/etc/hosts"));
    }

    [Fact]
    public void A_folder_that_can_be_written_is_none_of_its_business() => Assert.False(WritableOverlay.IsReadOnly(_folder["keys"]));

    [Fact]
    public void A_folder_that_is_not_there_is_none_either() => Assert.False(WritableOverlay.IsReadOnly($"{_root}/nothing"));

    public void Dispose()
    {
        // Lazily, and as often as something lies over something: the overlay, and what was bound into it.
        foreach (var mount in Mounts.Read().Where(mount => mount.Point == _root || mount.Point.StartsWith(_root + "/", StringComparison.Ordinal)).Reverse())
            Run("umount", "-l", mount.Point);
        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        var result = Command.Run(program, arguments, TimeSpan.FromSeconds(30));
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {result.Error}");
    }
}
