using Meduza.Init.Agent.Status;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class ComponentStatesTests
{
    private static ServiceStatus Service(string name, string component, string state) => new()
    {
        Name = name,
        Component = component,
        State = state,
        StartedAt = 0,
        Definition = new() { Name = name, Component = component, Command = ["/bin/true"] },
    };

    private static string Of(params string[] states) =>
        ComponentStates.Of(states.Select((state, i) => Service($"d{i}", "frr", state)), _ => "", [])["frr/status"];

    [Fact]
    public void A_part_is_up_when_all_its_services_are_ready() => Assert.Equal("up", Of("ready", "ready"));

    [Theory]
    [InlineData("starting")]
    [InlineData("waiting")]
    public void A_part_is_connecting_while_one_is_on_its_way(string state) => Assert.Equal("connecting", Of("ready", state));

    [Theory]
    [InlineData("backoff")]
    [InlineData("failing")]
    [InlineData("down")]
    [InlineData("stopping")]
    public void A_part_is_down_when_one_of_its_services_is(string state) => Assert.Equal("down", Of("starting", state, "ready"));

    [Fact]
    public void An_openvpn_instance_is_what_its_tunnel_is() =>
        Assert.Equal("connecting", ComponentStates.Of([Service("openvpn-a", "openvpn/a", "ready")], name => name == "a" ? "connecting" : "", [])["openvpn/a/status"]);

    [Fact]
    public void A_wireguard_device_is_what_its_handshakes_are_with_and_without_a_process()
    {
        WireGuardReport[] devices = [new("a", "wg-a", "connecting", 0), new("b", "wg-b", "up", 0)];
        var states = ComponentStates.Of([Service("wireguard-a", "wireguard/a", "ready")], _ => "", devices);
        Assert.Equal(("connecting", "up"), (states["wireguard/a/status"], states["wireguard/b/status"]));
    }
}
