using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Files;

public sealed class BlockDevicesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BlockDevicesTests()
    {
        Directory.CreateDirectory(_folder["class"]);
        Directory.CreateDirectory(_folder["dev"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Disks_are_told_apart_by_what_is_on_them()
    {
        File.WriteAllText(Add("sdb"), "hsqs and more");
        File.WriteAllText(Add("sda"), "short");
        Make("sdc1", "-t", "ext4", "-L", "meduza-data");
        Make("sdc2", "-t", "ext2", "-L", "sixteen-letters!");
        Make("sdc3", "-t", "ext4");
        File.WriteAllText(_folder["class/sr0"], ""); // without a node
        string At(string name) => _folder[$"dev/{name}"];
        Assert.Equal(
            [
                new(At("sda"), "", ""), new(At("sdb"), "squashfs", ""), new(At("sdc1"), "ext4", "meduza-data"), new(At("sdc2"), "ext4", "sixteen-letters!"),
                new(At("sdc3"), "ext4", ""),
            ],
            BlockDevices.Read(_folder["class"], _folder["dev"]));
    }

    [Fact]
    public void A_disk_that_is_not_there_is_none() => Assert.Null(BlockDevices.TryRead(_folder["dev/sdx"]));

    private string Add(string name)
    {
        File.WriteAllText(_folder[$"class/{name}"], "");
        return _folder[$"dev/{name}"];
    }

    private void Make(string name, params string[] options)
    {
        var result = Command.Run("mke2fs", ["-q", "-F", .. options, Add(name), "1M"], TimeSpan.FromMinutes(1));
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
