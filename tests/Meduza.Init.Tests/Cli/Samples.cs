using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

/// <summary>States of a gateway, for the verbs that show them.</summary>
internal static class Samples
{
    public static ServiceStatus Service(string name, string state = ServiceStates.Ready, int pid = 100) => new()
    {
        Name = name,
        Component = name,
        State = state,
        Pid = pid,
        StartedAt = 1,
        UptimeMilliseconds = 192_000,
        Definition = new() { Name = name, Component = name, Command = ["/bin/true"], Environment = ["PASSWORD=hunter2"] },
    };

    public static CommitReport Commit(string result = "applied") => new()
    {
        Revision = 57,
        Commit = "change 4711",
        Result = result,
        Changed = ["frr", "tinc"],
        DurationMs = 41.3,
        Version = "0.1.0",
        Time = FakePid1.Now.AddSeconds(-192).ToUnixTimeMilliseconds(),
    };

    public static AgentReport Report(CommitReport? commit) => new()
    {
        Node = "gw-a",
        Version = "0.1.0",
        Etcd = new() { Endpoints = ["http://10.0.0.1:2379"], Connected = true },
        Commit = commit,
    };

    /// <summary>Everything is up.</summary>
    public static ControlReply Healthy { get; } = new()
    {
        Services = [Service("agent", pid: 12), Service("dnsmasq", pid: 1034)],
        Report = Report(Commit()),
    };

    /// <summary>One of each thing that can be wrong.</summary>
    public static ControlReply Troubled { get; } = new()
    {
        Services =
        [
            Service("agent", pid: 12),
            Service("bgpd", ServiceStates.Failing, pid: 0) with { Restarts = 5, LastExit = "signal 11 (SIGSEGV)" },
            Service("mosdns", ServiceStates.Waiting, pid: 0) with { WaitingFor = "mihomo to be ready" },
        ],
        Report = Report(Commit("degraded") with { Errors = [new("/nodes/gw-a/bgp/asn", "65000x is not an AS number")] }) with
        {
            Etcd = new() { Endpoints = ["http://10.0.0.1:2379", "http://10.0.0.2:2379"], Error = "connection refused" },
            OpenVpn =
            [
                new("office", "tun-office", "up", FakePid1.Now.AddHours(-2).ToUnixTimeMilliseconds()),
                new("home", "tun-home", "connecting", 0),
            ],
            Neighbors = [new("bgp", "10.8.0.2", "Established", "AS 65002, 3 prefixes"), new("ospf", "10.1.0.2", "Init/DROther", "tnc0")],
            Warnings = [new("/nodes/gw-b/lan", "10.0.0.1/24 has host bits set: read as 10.0.0.0/24")],
        },
    };
}
