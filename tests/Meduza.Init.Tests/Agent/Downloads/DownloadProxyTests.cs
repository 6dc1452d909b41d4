using System.Net;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Control;
using Meduza.Init.Tests.Cli;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>Through whom files are downloaded.</summary>
public sealed class DownloadProxyTests
{
    private static readonly Uri Elsewhere = new("https://example.org/"), Here = new("http://127.0.0.1:8080/");

    [Theory]
    [InlineData(ServiceStates.Ready, "http://127.0.0.1:7890/")]
    [InlineData(ServiceStates.Starting, null)]
    [InlineData(ServiceStates.Unhealthy, null)]
    public void It_is_mihomo_while_that_is_ready(string state, string? proxy)
    {
        var services = new Dictionary<string, ServiceStatus> { ["mihomo"] = Samples.Service("mihomo", state) };
        Assert.Equal(proxy, new DownloadProxy(null, services).Find()?.GetProxy(Elsewhere)?.ToString());
        Assert.Null(new DownloadProxy(null, new Dictionary<string, ServiceStatus>()).Find());
    }

    [Fact]
    public void It_is_the_one_that_the_environment_names_whatever_mihomo_does()
    {
        var proxy = new DownloadProxy(new Uri("http://me:h%40nter2@10.0.0.1:8080"), new Dictionary<string, ServiceStatus>()).Find()!;
        Assert.Equal("10.0.0.1", proxy.GetProxy(Elsewhere)?.Host);
        var credentials = Assert.IsType<NetworkCredential>(proxy.Credentials);
        Assert.Equal(("me", "h@nter2"), (credentials.UserName, credentials.Password));
        Assert.Null(new FixedProxy(new Uri("http://10.0.0.1:8080")).Credentials);
    }

    [Fact]
    public void What_is_on_this_machine_is_asked_directly()
    {
        var proxy = new FixedProxy(new Uri("http://10.0.0.1:8080"));
        Assert.True(proxy.IsBypassed(Here));
        Assert.False(proxy.IsBypassed(Elsewhere));
    }
}
