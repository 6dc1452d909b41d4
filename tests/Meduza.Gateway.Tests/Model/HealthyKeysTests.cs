namespace Meduza.Gateway.Tests.Model;

public sealed class HealthyKeysTests
{
    private static readonly KeySet Enabled = KeySet.Empty.With("/nodes/gw-a/healthy/enable", "true");

    [Fact]
    public void Port_is_the_one_of_the_key_and_none_where_it_is_not_enabled()
    {
        Assert.Equal(8080, Enabled.With("/nodes/gw-a/healthy/port", "8080").Config().HealthPort!.Value.Number);
        Assert.Null(KeySet.Empty.With("/nodes/gw-a/healthy/port", "8080").Config().HealthPort);
        Assert.Null(KeySet.Empty.Config().HealthPort);
    }

    [Fact]
    public void One_that_is_enabled_needs_a_port()
    {
        var error = Assert.Single(Enabled.Parse().Errors);
        Assert.Equal("/nodes/gw-a/healthy/port", error.Key);
        Assert.StartsWith("is missing: healthy/enable is true; expected ", error.Message, StringComparison.Ordinal);
    }
}
