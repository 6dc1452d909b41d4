namespace Meduza.Vm.Harness;

/// <summary>One start of the machine with the guest program as its init.</summary>
public sealed class GuestRun
{
    public GuestRun() => Machine = VirtualMachine.Run(Prepared.Kernel, new(), archive =>
    {
        archive.AddFolder("proc");
        archive.AddFolder("sys");
        archive.AddFolder("dev");
        archive.AddFolder("tmp");
        archive.AddFile("init", Prepared.Guest);
        archive.AddPrograms(["/usr/bin/wg", "/usr/bin/ping"], Prepared.Guest);
        archive.AddModules(Prepared.Kernel, "wireguard", "veth", "dummy");
    });

    /// <summary>What it said.</summary>
    public MachineRun Machine { get; }
}
