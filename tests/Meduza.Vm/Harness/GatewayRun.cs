namespace Meduza.Vm.Harness;

/// <summary>One start of the machine with the shipped binary as its init, an etcd, and the guest program as the operator.</summary>
public sealed class GatewayRun
{
    private const string Guest = "guest";

    public GatewayRun() => Machine = VirtualMachine.Run(
        Prepared.Kernel,
        // The first file system is in memory, and etcd and etcdctl are large.
        new() { Memory = 384, Words = "meduza.NODE_ID=vm meduza.ETCD_ENDPOINTS=http://127.0.0.1:2379 meduza.WIREGUARD_STATUS_INTERVAL=5" },
        archive =>
        {
            archive.AddFolder("var/log");
            archive.AddFolder("etc");
            archive.Add("dev/null", []); // the shell wants one for what it starts; the real one is mounted over it
            archive.AddFile(Guest, Prepared.Guest);
            archive.AddFile("usr/bin/meduza-init", MeduzaInit.Path);
            archive.AddPrograms(["/bin/sh", "/bin/sleep", "/usr/bin/etcd", "/usr/bin/etcdctl", "/usr/bin/wg", "/usr/bin/ip"], Prepared.Guest, MeduzaInit.Path);
            archive.AddModules(Prepared.Kernel, "wireguard");
            // The agent asks once whether the kernel has WireGuard, so the module comes first.
            archive.AddText("init", $"""
                #!/bin/sh
                /{Guest} modules
                (
                    until /usr/bin/meduza-init status agent > /dev/null 2>&1; do sleep 1; done
                    exec /{Guest} gateway
                ) &
                exec /usr/bin/meduza-init
                """);
        });

    /// <summary>What it said.</summary>
    public MachineRun Machine { get; }
}
