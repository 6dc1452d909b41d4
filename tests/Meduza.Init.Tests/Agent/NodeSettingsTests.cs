using Meduza.Init.Agent;

namespace Meduza.Init.Tests.Agent;

public sealed class NodeSettingsTests
{
    private static NodeSettings? Parse(out IReadOnlyList<string> errors, params (string Name, string Value)[] variables)
    {
        var settings = NodeSettings.Parse(name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault(), out var found);
        errors = found;
        return settings;
    }

    [Fact]
    public void Without_anything_each_missing_variable_is_named_with_its_remedy()
    {
        Assert.Null(Parse(out var errors));
        Assert.Equal(2, errors.Count);
        Assert.StartsWith("NODE_ID is not set: set it to", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("ETCD_ENDPOINTS is not set: set it to", errors[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1:2379", "https://10.0.0.1:2379")]
    [InlineData("http://etcd", "http://etcd:2379")]
    [InlineData("https://[fd00::1]:4001/", "https://[fd00::1]:4001")]
    [InlineData("https://[fd00::1]", "https://[fd00::1]:2379")]
    public void An_endpoint_has_a_scheme_and_a_port(string given, string taken)
    {
        var settings = Parse(out _, ("NODE_ID", "gw1"), ("ETCD_ENDPOINTS", given));

        Assert.Equal(taken, Assert.Single(settings!.Endpoints).ToString());
    }

    [Fact]
    public void All_endpoints_are_kept_in_order()
    {
        var settings = Parse(out _, ("NODE_ID", "gw1"), ("ETCD_ENDPOINTS", "http://a:1, http://b:2 ,"));

        Assert.Equal(["http://a:1", "http://b:2"], settings!.Endpoints.Select(endpoint => endpoint.ToString()));
    }

    [Theory]
    [InlineData("NODE_ID", "../etc", "NODE_ID is not a node name")]
    [InlineData("ETCD_ENDPOINTS", "ftp://x", "'ftp://x', which is no address")]
    [InlineData("ETCD_CA", "/nowhere/ca.pem", "ETCD_CA is /nowhere/ca.pem, which does not exist")]
    [InlineData("ETCD_USER", "u", "ETCD_PASS is not")]
    [InlineData("UPDATE_TTL_SECONDS", "soon", "UPDATE_TTL_SECONDS is 'soon'")]
    [InlineData("DNS_NAMESERVERS", "dns", "DNS_NAMESERVERS has 'dns'")]
    [InlineData("MOSDNS_HTTP_PROXY", "10.0.0.1:8080", "MOSDNS_HTTP_PROXY is no proxy's address")]
    [InlineData("MOSDNS_HTTP_PROXY", "ftp://u:secret@10.0.0.1", "MOSDNS_HTTP_PROXY is no proxy's address: give one as http://10.0.0.1:8080")]
    public void A_wrong_variable_is_named(string name, string value, string message)
    {
        Assert.Null(Parse(out var errors, (name, value), ("NODE_ID", "gw1"), ("ETCD_ENDPOINTS", "http://a:1")));
        Assert.Contains(message, Assert.Single(errors), StringComparison.Ordinal);
    }
}
