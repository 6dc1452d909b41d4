using Meduza.Init.Agent.Status;
using Meduza.Linux.WireGuard;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class WireGuardStatesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Without_a_device_it_is_down() => Assert.Equal("down", WireGuardStates.StateOf(null, Now));

    [Theory]
    [InlineData(179, "up")]
    [InlineData(180, "connecting")]
    public void Handshake_is_good_for_180_seconds(int seconds, string state) => Assert.Equal(state, State(null, seconds));

    [Fact]
    public void Without_a_handshake_it_is_connecting()
    {
        Assert.Equal("connecting", State());
        Assert.Equal("connecting", State(null, null));
    }

    private static string State(params int?[] handshakes) => WireGuardStates.StateOf(
        new WireGuardDevice("wg0")
        {
            Peers = [.. handshakes.Select(ago => new WireGuardPeer(default) { LastHandshake = ago is { } s ? Now - TimeSpan.FromSeconds(s) : null })],
        },
        Now);
}
