namespace Meduza.Gateway.Tests.Model;

/// <summary>Keys of the proxy that are not about packets.</summary>
public sealed class ClashKeysTests
{
    private const string Url = "/global/clash/subscriptions/main/url";
    private const string Node = "/nodes/gw-a/clash/";

    private static readonly KeySet Keys = KeySet.Empty.With(Url, "https://example.org/sub?token=hunter2").With(Node, ("enable", "true"), ("active_subscription", "main"));

    [Fact]
    public void Subscription_is_read_with_how_often_it_is_fetched()
    {
        var clash = Keys.With(Node, ("refresh/enable", "true"), ("refresh/interval_minutes", "15")).Config().Clash!;
        Assert.Equal(("main", "https://example.org/sub?token=hunter2"), (clash.Subscription.ToString(), clash.SubscriptionUrl!.Reveal()));
        Assert.Equal((true, TimeSpan.FromMinutes(15)), (clash.RefreshEnabled, clash.RefreshInterval));
        Assert.False(Keys.Config().Clash!.RefreshEnabled);
        Assert.DoesNotContain("hunter2", Keys.Config().Clash!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.org/sub")]
    [InlineData("https://")]
    [InlineData("example.org/hunter2")]
    [InlineData("https://example.org/hunter2 x")]
    [InlineData("file:///etc/hunter2")]
    [InlineData("file:///data/clash/../hunter2")]
    [InlineData("file:///data/clash/%2e%2e/hunter2")]
    [InlineData("file:///data/clash/")]
    [InlineData("javascript:hunter2")]
    public void Wrong_url_rejects_the_commit_and_is_not_shown(string url)
    {
        var result = Keys.With(Url, url).Parse();
        Assert.Contains(result.Errors, error => error.Key == Url);
        Assert.DoesNotContain(result.Errors, error => error.Message.Contains("hunter2", StringComparison.Ordinal));
        Assert.Empty(Keys.With(Url, url).With(Node + "enable", "false").Parse().Errors);
    }

    [Fact]
    public void File_of_the_data_folder_is_a_subscription_too() => Assert.NotNull(Keys.With(Url, "file:///data/clash/own/main.yaml").Config().Clash!.SubscriptionUrl);

    [Fact]
    public void Subscription_that_there_is_none_of_is_an_error_that_says_who_names_it()
    {
        var error = Assert.Single(Keys.With(Node + "active_subscription", "other").Parse().Errors);
        Assert.Equal("/global/clash/subscriptions/other/url", error.Key);
        Assert.Contains("/nodes/gw-a/clash/active_subscription", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Proxy_without_a_subscription_is_told_what_that_means()
    {
        var result = KeySet.Empty.With(Node + "enable", "true").Parse();
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, warning => warning.Message.Contains("active_subscription", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("refresh/interval_minutes", "0")]
    [InlineData("refresh/interval_minutes", "1.5")]
    [InlineData("refresh/enable", "daily")]
    [InlineData("active_subscription", "../x")]
    public void Bad_value_rejects_the_commit(string key, string value) => Assert.Contains(Keys.With(Node + key, value).Parse().Errors, error => error.Key == Node + key);
}
