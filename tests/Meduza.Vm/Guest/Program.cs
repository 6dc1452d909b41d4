using Meduza.Linux.Process;
using Meduza.Vm.Guest;

// Without arguments the init of the machine; otherwise a part of its init script, which then becomes meduza-init.
switch (args)
{
    case [CgroupLimits.Sleeper]:
        Thread.Sleep(Timeout.Infinite);
        return;
    case ["modules"]:
        KernelModules.LoadAll();
        return;
    case ["disk"]:
        Disk.Mount();
        return;
    case ["gateway"]:
        using (var report = Report.Open())
            GatewayRun.All(report);
        return;
    case ["clock"]:
        using (var report = Report.Open())
            ClockJumps.Run(report);
        return;
    case ["stop"]:
        using (var report = Report.Open())
            StoppingMachine.Run(report);
        return;
}

// It runs each scenario, says what came of it on the second serial port, and ends the machine.
using (var report = Report.Open())
{
    report.Scenario("kernel modules load", _ => KernelModules.LoadAll());
    report.Scenario("handshake and ping over IPv4", KernelWireGuard.HandshakeOverIpv4);
    report.Scenario("handshake and ping over IPv6", KernelWireGuard.HandshakeOverIpv6);
    report.Scenario("peer changed beside a ping flood", KernelWireGuard.PeerChangedBesideFlood);
    report.Scenario("thousand peers", ThousandPeers.Run);
    report.Scenario("change of one among a thousand", ThousandPeers.ChangeOfOne);
    report.Scenario("peer of more addresses than a message", ThousandPeers.PeerOfManyAddresses);
    report.Scenario("wg agrees", ThousandPeers.WgAgrees);
    report.Scenario("addresses move between peers", KernelWireGuard.AddressesMove);
    report.Scenario("device itself as its peer", KernelWireGuard.OwnKeyAsPeer);
    report.Scenario("link kinds", LinkKinds.Run);
    report.Scenario("cgroup with limits", CgroupLimits.Run);
    report.End();
}
throw PowerControl.End(restart: true);
