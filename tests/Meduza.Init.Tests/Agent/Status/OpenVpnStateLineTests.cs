using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class OpenVpnStateLineTests
{
    [Theory]
    [InlineData(">STATE:1700000000,CONNECTED,SUCCESS,10.8.0.1,192.0.2.3,1194,,", "up")]
    [InlineData("1700000000,CONNECTED,SUCCESS,10.8.0.1,,,,", "up")]
    [InlineData(">STATE:1700000000,RECONNECTING,ping-restart,,,,,", "connecting")]
    [InlineData(">STATE:1700000000,WAIT,,,,,,", "connecting")]
    [InlineData("1700000000,ASSIGN_IP", "connecting")]
    public void A_state_is_told(string line, string state) => Assert.Equal(state, OpenVpnStateLine.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("END")]
    [InlineData(">INFO:OpenVPN Management Interface Version 5 -- type 'help' for more info")]
    [InlineData("SUCCESS: real-time state notification set to ON")]
    [InlineData(",CONNECTED")]
    public void Other_lines_are_no_states(string line) => Assert.Null(OpenVpnStateLine.Parse(line));
}
