using Meduza.Gateway.Render;
using Meduza.Init.Supervise;

namespace Meduza.Init.Tests.Supervise;

public sealed class DefinitionCheckTests
{
    private static ServiceDefinition Good { get; } = new()
    {
        Name = "openvpn-office.1",
        Component = "openvpn/office",
        Command = ["/usr/sbin/openvpn", "--config", "/etc/x.conf"],
        Environment = ["A=1"],
        Readiness = new(ReadinessKind.TcpPort, "[::1]:53"),
        Privileges = new() { User = "a", Groups = ["b"], Capabilities = ["CAP_NET_ADMIN", "CAP_CHECKPOINT_RESTORE"], NetworkNamespace = "/run/netns/x" },
        Limits = new()
        {
            Process = [new("nofile", 1, 1), new("as", null, ulong.MaxValue)], OomScore = -1000, Nice = -20, Umask = 511, MemoryMax = 1, CpuWeight = 10_000,
        },
    };

    public static TheoryData<string, ServiceDefinition> Bad => new()
    {
        { "name", Good with { Name = "../x" } },
        { "name", Good with { Name = "" } },
        { "name", Good with { Name = ".hidden" } },
        { "name", Good with { Name = new string('x', 129) } },
        { "component", Good with { Component = null! } },
        { "command", Good with { Command = [] } },
        { "command", Good with { Command = default } },
        { "command", Good with { Command = ["/bin/x", null!] } },
        { "NUL", Good with { Command = ["/bin/x", "a\0b"] } },
        { "absolute", Good with { Command = ["x"] } },
        { "NAME=value", Good with { Environment = ["A"] } },
        { "NAME=value", Good with { Environment = ["=A"] } },
        { "NUL", Good with { Privileges = new() { User = "a\0" } } },
        { "missing", Good with { Privileges = new() { Groups = [null!] } } },
        { "no capability \"CAP_NET\"", Good with { Privileges = new() { Capabilities = ["CAP_CHOWN", "CAP_NET"] } } },
        { "no capability \"12\"", Good with { Privileges = new() { Capabilities = ["12"] } } },
        { "no capability \"\"", Good with { Privileges = new() { Capabilities = [null!] } } },
        { "absolute path", Good with { Privileges = new() { NetworkNamespace = "x" } } },
        { "no limit \"files\"", Good with { Limits = new() { Process = [new("files", 1, 1)] } } },
        { "no limit \"NOFILE\"", Good with { Limits = new() { Process = [new("NOFILE", 1, 1)] } } },
        { "no limit", Good with { Limits = new() { Process = [null!] } } },
        { "above the hard one", Good with { Limits = new() { Process = [new("nofile", 2, 1)] } } },
        { "oom_score", Good with { Limits = new() { OomScore = -1001 } } },
        { "nice", Good with { Limits = new() { Nice = 20 } } },
        { "umask", Good with { Limits = new() { Umask = 512 } } },
        { "positive", Good with { Limits = new() { MemoryMax = 0 } } },
        { "positive", Good with { Limits = new() { MemoryHigh = -1 } } },
        { "positive", Good with { Limits = new() { PidsMax = 0 } } },
        { "cpu_weight", Good with { Limits = new() { CpuWeight = 10_001 } } },
        { "after", Good with { After = [null!] } },
        { "names of services", Good with { Requires = [null!] } },
        { "names of services", Good with { Requires = ["../x"] } },
        { "start time-out", Good with { StartTimeoutMilliseconds = -2 } },
        { "oneshot", Good with { Kind = ServiceKind.Oneshot } },
        { "oneshot", Good with { Kind = ServiceKind.Oneshot, Readiness = Readiness.Started, ReloadSignal = 1 } },
        { "signal", Good with { StopSignal = 65 } },
        { "signal", Good with { ReloadSignal = -1 } },
        { "limit", Good with { StopTimeoutMilliseconds = -1 } },
        { "target", Good with { Readiness = new(ReadinessKind.File, "") } },
        { "address and port", Good with { Readiness = new(ReadinessKind.TcpPort, "localhost:53") } },
        { "address and port", Good with { Readiness = new(ReadinessKind.TcpPort, "127.0.0.1") } },
        { "address and port", Good with { Readiness = new(ReadinessKind.BoundUdpPort, "53") } },
        { "from 3 to", Good with { Readiness = new(ReadinessKind.NotifyDescriptor, "2") } },
        { "from 3 to", Good with { Readiness = new(ReadinessKind.NotifyDescriptor, "x") } },
        { "no sign that lasts", Good with { Health = new(new Readiness(ReadinessKind.NotifySocket, "")) } },
        { "no sign that lasts", Good with { Health = new(null!) } },
        { "target", Good with { Health = new(new Readiness(ReadinessKind.File, "")) } },
        { "negative", Good with { Health = new(new Readiness(ReadinessKind.Agent, "")) { IntervalMilliseconds = -1 } } },
        { "oneshot", Good with { Kind = ServiceKind.Oneshot, Readiness = Readiness.Started, Health = new(new Readiness(ReadinessKind.Agent, "")) } },
        { "107 bytes", Good with { Readiness = new(ReadinessKind.UnixSocket, new string('x', 108)) } },
    };

    [Fact]
    public void A_whole_definition_is_taken() => Assert.Null(DefinitionCheck.Problem(Good));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_mistake_is_named(string word, ServiceDefinition definition) =>
        Assert.Contains(word, DefinitionCheck.Problem(definition), StringComparison.Ordinal);
}
