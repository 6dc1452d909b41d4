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
        { "NUL", Good with { User = "a\0" } },
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
        { "107 bytes", Good with { Readiness = new(ReadinessKind.UnixSocket, new string('x', 108)) } },
    };

    [Fact]
    public void A_whole_definition_is_taken() => Assert.Null(DefinitionCheck.Problem(Good));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_mistake_is_named(string word, ServiceDefinition definition) =>
        Assert.Contains(word, DefinitionCheck.Problem(definition), StringComparison.Ordinal);
}
