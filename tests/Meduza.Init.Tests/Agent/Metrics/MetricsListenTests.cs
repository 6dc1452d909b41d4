using System.Net;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Metrics;

namespace Meduza.Init.Tests.Agent.Metrics;

public class MetricsListenTests
{
    [Theory]
    [InlineData("127.0.0.1:9470")]
    [InlineData("0.0.0.0:1")]
    [InlineData("[::1]:9470")]
    public void An_address_with_a_port_is_where_they_are_served(string text) =>
        Assert.Equal(new(IPEndPoint.Parse(text), null), MetricsListen.Parse(text));

    [Theory]
    [InlineData("9470")]
    [InlineData(":9470")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("localhost:9470")]
    [InlineData("::1")]
    [InlineData("on")]
    public void Anything_else_turns_them_off_and_says_why(string text) => Assert.Equal(
        new(null, $"'{text}' is no address with a port, so no metrics are served: write it as 127.0.0.1:9470 or [::1]:9470"), MetricsListen.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("nonsense")]
    public void Neither_their_absence_nor_a_wrong_value_stops_the_agent(string? text)
    {
        var settings = NodeSettings.Parse(name => name switch { "NODE_ID" => "gw1", "ETCD_ENDPOINTS" => "http://a:1", "METRICS_LISTEN" => text, _ => null }, out _);
        Assert.Null(settings!.Metrics.Endpoint);
        Assert.Equal(text == "nonsense", settings.Metrics.Problem is not null);
    }
}
