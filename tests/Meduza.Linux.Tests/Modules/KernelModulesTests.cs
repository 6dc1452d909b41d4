using Meduza.Linux.Modules;
using Meduza.Linux.Tests.Files;

namespace Meduza.Linux.Tests.Modules;

public sealed class KernelModulesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private KernelModules Modules(string dependencies, string aliases = "")
    {
        File.WriteAllText(_folder["modules.dep"], dependencies);
        File.WriteAllText(_folder["modules.alias"], aliases);
        return KernelModules.In(_folder.Path)!;
    }

    [Fact]
    public void What_a_module_needs_comes_before_it_and_a_dash_is_an_underscore() => Assert.Equal(
        ["kernel/lib/libcrc32c.ko", "kernel/net/nf-tables.ko", "kernel/net/nft-compat.ko"],
        Modules("kernel/net/nft-compat.ko: kernel/net/nf-tables.ko kernel/lib/libcrc32c.ko\nkernel/net/nf-tables.ko: kernel/lib/libcrc32c.ko\n").Files("nft_compat"));

    [Fact]
    public void A_module_that_is_not_there_is_none_and_no_error()
    {
        var modules = Modules("kernel/net/tun.ko:\n");
        Assert.Empty(modules.Files("wireguard"));
        Assert.False(modules.Load("wireguard"));
    }

    [Fact]
    public void A_kernel_without_modules_has_none() => Assert.Null(KernelModules.In(_folder["5.0"]));

    [Theory]
    [InlineData("virtio:d00000001v00001AF4", "virtio_net")]
    [InlineData("pci:v00008086d0000100Esv00001AF4sd00001100bc02sc00i00", "e1000")]
    [InlineData("usb:v0BDAp8153d3000dc00dsc00dp00icFFiscFFip00in00", "r8152")]
    [InlineData("usb:v0BDAp8153d4000dc00dsc00dp00icFFiscFFip00in00", "")]
    [InlineData("virtio:d00000002v00001AF4", "")]
    public void A_device_is_driven_by_whom_its_name_fits(string device, string drivers) => Assert.Equal(
        drivers,
        string.Join(' ', Modules("", """
            alias virtio:d00000001v* virtio_net
            alias pci:v00008086d0000100Esv*sd*bc*sc*i* e1000
            alias usb:v0BDAp8153d3[0-1]*dc*dsc*dp*icFFisc*ip*in* r8152
            """).Drivers(device)));

    [Fact]
    public void A_module_that_cannot_be_loaded_is_named_with_why()
    {
        Directory.CreateDirectory(_folder["kernel"]);
        File.WriteAllText(_folder["kernel/broken.ko"], "this is no module");
        var modules = Modules("kernel/broken.ko:\nkernel/user.ko: kernel/broken.ko\nkernel/gone.ko:\n");
        // As whoever may load modules: no module. As whoever may not: that.
        Assert.Contains("finit_module broken: ", Assert.Throws<LinuxException>(() => modules.Load("user")).Message, StringComparison.Ordinal);
        Assert.Contains("gone.ko", Assert.Throws<LinuxException>(() => modules.Load("gone")).Message, StringComparison.Ordinal);
        // Once is enough: it would fail again.
        Assert.False(modules.Load("user"));
    }

    [Fact]
    public void Drivers_are_loaded_once_for_each_kind_of_device_and_again_for_those_that_come_up()
    {
        var modules = Modules("kernel/a.ko:\nkernel/b.ko:\n", "alias pci:a* a\nalias usb:b* b\n");
        AddDevice("pci", "0000:00:01.0", "pci:a1");
        AddDevice("pci", "0000:00:02.0", "pci:a1");
        AddDevice("pci", "0000:00:03.0", "pci:c");
        Directory.CreateDirectory(_folder["bus/pci/devices/0000:00:04.0"]); // without a name
        Directory.CreateDirectory(_folder["bus/empty"]);
        var drivers = new DeviceDrivers(modules, _folder["bus"]);
        Assert.Equal(["a.ko"], Tried());
        Assert.Empty(Tried());
        AddDevice("usb", "1-1", "usb:b");
        Assert.Equal(["b.ko"], Tried());

        void AddDevice(string bus, string name, string alias)
        {
            Directory.CreateDirectory(_folder[$"bus/{bus}/devices/{name}"]);
            File.WriteAllText(_folder[$"bus/{bus}/devices/{name}/modalias"], alias + "\n");
        }

        // Their files are not there, which tells that they were asked for.
        List<string> Tried()
        {
            var tried = new List<string>();
            drivers.LoadForNew(failure => tried.Add(Path.GetFileName(failure.Subject)));
            return tried;
        }
    }
}
