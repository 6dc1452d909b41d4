using System.Text;
using Meduza.Image.Machine;
using Meduza.Image.Root;

namespace Meduza.Image.Tests.Machine;

public sealed class KernelTests : IDisposable
{
    private const string Version = "6.12.1-test";
    private const string Modules = $"kernel/usr/lib/modules/{Version}";

    private readonly Workshop _shop = new();

    public KernelTests()
    {
        _shop.Write("kernel/DEBIAN/control", "Package: linux-image-test\nVersion: 6.12.1-1\nArchitecture: amd64\n");
        _shop.Write($"kernel/boot/vmlinuz-{Version}", "kernel");
        _shop.Write($"{Modules}/modules.builtin", "kernel/fs/ext4/ext4.ko\nkernel/drivers/virtio/virtio_pci.ko\n");
        Add("kernel/net/nft-compat", "depends=nf_tables,x-tables", "alias=nft-expr-match");
        Add("kernel/net/nf_tables", "depends=nfnetlink", "softdep=pre: crc32c post: later", "license=GPL");
        Add("kernel/net/nfnetlink", "depends=");
        Add("kernel/net/x_tables");
        Add("kernel/lib/crc32c", "depends=ext4");
        Add("kernel/lib/later");
        Add("kernel/drivers/virtio_net", "alias=virtio:d00000001v*", "alias=net-virtio", "alias=virtio:d00000005v*");
    }

    public void Dispose() => _shop.Dispose();

    private Kernel Kernel => new(_shop.At("kernel"));

    [Fact]
    public void What_a_module_needs_or_does_better_with_comes_before_it() => Assert.Equal(
        ["crc32c", "nfnetlink", "nf_tables", "x_tables", "nft_compat"], Kernel.Closure("nft_compat", "nf_tables").Select(module => module.Name));

    [Fact]
    public void What_is_built_in_or_not_there_at_all_is_left_out()
    {
        Assert.Empty(Kernel.Closure("ext4", "e1000"));
        Assert.True(Kernel.HasBuiltIn("ext4"));
        Assert.False(Kernel.HasBuiltIn("e1000"));
    }

    [Fact]
    public void A_root_has_the_modules_that_are_wanted_and_the_lists_that_PID_1_reads()
    {
        var tree = new RootTree();
        ModuleFolder.Add(tree, Kernel, ["nft_compat", "ext4"], ["virtio_net"]);
        var folder = $"usr/lib/modules/{Version}";
        Assert.Equal(
            ["kernel/drivers/virtio_net.ko", "kernel/lib/crc32c.ko", "kernel/net/nf_tables.ko", "kernel/net/nfnetlink.ko", "kernel/net/nft-compat.ko", "kernel/net/x_tables.ko"],
            tree.Files.Where(file => file.Path.EndsWith(".ko", StringComparison.Ordinal)).Select(file => file.Path[(folder.Length + 1)..]));
        Assert.All(tree.Files.Where(file => file.Path.EndsWith(".ko", StringComparison.Ordinal)), file => Assert.Equal("linux-image-test", file.Origin.Package?.Name));
        // What must be there first comes last, as in depmod's.
        Assert.Contains("kernel/net/nft-compat.ko: kernel/net/x_tables.ko kernel/net/nf_tables.ko kernel/net/nfnetlink.ko kernel/lib/crc32c.ko", Lines("modules.dep"));
        Assert.Contains("kernel/drivers/virtio_net.ko:", Lines("modules.dep"));
        // Names that only the kernel asks by are left out.
        Assert.Equal(["alias virtio:d00000001v* virtio_net", "alias virtio:d00000005v* virtio_net"], Lines("modules.alias"));
        Assert.Equal(["nft_compat"], Text("usr/lib/modules-load.d/meduza.conf").Split('\n', StringSplitOptions.RemoveEmptyEntries));

        string[] Lines(string name) => Text($"{folder}/{name}").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string Text(string path) => Encoding.UTF8.GetString(((FileEntry)tree.Find(path)!).Made!);
    }

    [Fact]
    public void A_file_that_is_no_module_is_named()
    {
        _shop.Write($"{Modules}/kernel/broken.ko", "x");
        Assert.Contains("broken.ko is no kernel module", Assert.Throws<ImageException>(() => Kernel.Closure("broken")).Message, StringComparison.Ordinal);
    }

    private void Add(string path, params string[] words) => _shop.Write($"{Modules}/{path}.ko", ModuleBytes.Of(words));
}
