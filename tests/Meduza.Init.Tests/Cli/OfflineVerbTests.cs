using System.Text.Json;

namespace Meduza.Init.Tests.Cli;

/// <summary>The verbs that need no gateway: lint, render, generate.</summary>
public sealed class OfflineVerbTests : IDisposable
{
    private const string Keys = """
        /global/mesh_type: easytier
        /global/easytier/network_name: mesh
        /global/easytier/network_secret: hunter2
        /nodes/gw1/lan: 10.1.0.0/24
        /nodes/gw1/router_id: 10.20.0.1
        /nodes/gw1/easytier/enable: true
        /nodes/gw1/easytier/ipv4: 10.20.0.1/24
        /nodes/gw1/easytier/listeners: tcp:11010
        /nodes/gw1/ospf/enable: true
        /nodes/gw2/easytier/enable: true
        /nodes/gw2/easytier/ipv4: 10.20.0.2/24
        /nodes/gw2/easytier/peers: tcp://192.0.2.1:11010
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-render-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lint_of_good_keys_is_0()
    {
        var result = await FakePid1.FeedAsync(Keys, "lint", "--from", "-");
        Assert.Equal((0, "2 nodes, 0 errors, 0 warnings\n", ""), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task Lint_with_errors_is_3_and_names_the_keys()
    {
        var bad = Keys + "\n/nodes/gw1/easytier/dev_name: a/b\n/nodes/gw2/lan: 10.1.0.0/24\n";
        var result = await FakePid1.FeedAsync(bad, "lint", "--from", "-");
        Assert.Equal(3, result.Code);
        Assert.StartsWith("error /nodes/gw1/easytier/dev_name: found \"a/b\", expected a device name", result.Output, StringComparison.Ordinal);
        Assert.Contains("\nwarning /nodes/gw2/lan: 10.1.0.0/24 is announced by gw1 too", result.Output, StringComparison.Ordinal);
        Assert.Contains("\n      also /nodes/gw1/lan\n", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 nodes, 1 errors, 1 warnings\n", result.Output, StringComparison.Ordinal);

        var json = JsonDocument.Parse((await FakePid1.FeedAsync(bad, "lint", "--from", "-", "--json")).Output).RootElement;
        Assert.False(json.GetProperty("ok").GetBoolean());
        Assert.Equal("/nodes/gw1/easytier/dev_name", json.GetProperty("errors")[0].GetProperty("keys")[0].GetString());
        Assert.Equal(2, json.GetProperty("warnings")[0].GetProperty("keys").GetArrayLength());
        Assert.Equal(2, json.GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task Lint_without_a_file_asks_etcd_and_says_so_where_nothing_names_it()
    {
        var result = await FakePid1.FeedAsync("", "lint");
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Contains("ETCD_ENDPOINTS is not set", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_writes_files_as_they_would_lie_and_the_rest_into_state_json()
    {
        var folder = Path.Combine(_folder, "gw1");
        var result = await FakePid1.FeedAsync(Keys, "render", "--node", "gw1", "--from", "-", "--out", folder);
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
        var config = Path.Combine(folder, "etc/easytier/config.toml");
        Assert.Contains("network_secret = \"hunter2\"", await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(config));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.True(File.Exists(Path.Combine(folder, "etc/frr/frr.conf")));

        var text = await File.ReadAllTextAsync(Path.Combine(folder, "state.json"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        var state = JsonDocument.Parse(text).RootElement;
        Assert.Equal("gw1", state.GetProperty("node").GetString());
        var service = state.GetProperty("services").EnumerateArray().Single(each => each.GetProperty("name").GetString() == "easytier");
        Assert.Equal("--config-file", service.GetProperty("command")[1].GetString());
        Assert.Equal(("Device", "et0"), (service.GetProperty("readiness").GetString(), service.GetProperty("readiness_target").GetString()));
        Assert.Equal("1", state.GetProperty("sysctls").GetProperty("net.ipv4.ip_forward").GetString());
        var file = state.GetProperty("files").EnumerateArray().Single(each => each.GetProperty("path").GetString() == "/etc/easytier/config.toml");
        Assert.Equal(("0600", true), (file.GetProperty("mode").GetString(), file.GetProperty("secret").GetBoolean()));

        // Once more changes nothing.
        var before = File.GetLastWriteTimeUtc(config);
        Assert.Equal(0, (await FakePid1.FeedAsync(Keys, "render", "--node", "gw1", "--from", "-", "--out", folder)).Code);
        Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(folder, "state.json"), TestContext.Current.CancellationToken));
        Assert.True(File.GetLastWriteTimeUtc(config) >= before);
    }

    [Fact]
    public async Task One_part_is_printed_without_its_secrets()
    {
        var frr = await FakePid1.FeedAsync(Keys, "render", "frr", "--node", "gw1", "--from", "-");
        Assert.Equal(0, frr.Code);
        Assert.StartsWith("==> /etc/frr/frr.conf <==\nfrr defaults traditional\nhostname gw1\n", frr.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("config.toml", frr.Output, StringComparison.Ordinal);
        var easyTier = await FakePid1.FeedAsync(Keys, "render", "easytier", "--node", "gw1", "--from", "-");
        Assert.Contains("==> /etc/easytier/config.toml <==\n(secret, ", easyTier.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", easyTier.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "nothing says where to", "render", "--node", "gw1", "--from", "-")]
    [InlineData(1, "standard input has no node 'gw9': there are gw1, gw2", "render", "--node", "gw9", "--from", "-", "--out", "/nowhere")]
    [InlineData(1, "this node has no 'tinc': there are easytier, frr, hosts", "render", "tinc", "--node", "gw1", "--from", "-")]
    [InlineData(1, "/nowhere/keys.yaml", "render", "frr", "--node", "gw1", "--from", "/nowhere/keys.yaml")]
    [InlineData(2, "no generator 'ospf': there are easytier, tinc, openvpn, wireguard, frr, clash, mosdns, dnsmasq", "generate", "ospf")]
    [InlineData(2, "--subscription is for clash, not for frr", "generate", "frr", "--subscription", "main.yaml")]
    [InlineData(1, "standard input is no JSON at line 1, column 1", "generate", "frr")]
    public async Task Wrong_use_is_one_line_that_says_what_is_right(int code, string error, params string[] arguments)
    {
        var result = await FakePid1.FeedAsync(Keys, arguments);
        Assert.Equal((code, ""), (result.Code, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Render_of_bad_keys_names_the_first_and_how_many_more()
    {
        var result = await FakePid1.FeedAsync(Keys + "\n/nodes/gw1/router_id: x\n".Replace("router_id", "bgp/enable", StringComparison.Ordinal) + "/nodes/gw1/ospf/area: y\n", "render", "frr", "--node", "gw1", "--from", "-");
        Assert.Equal(1, result.Code);
        Assert.Contains("/nodes/gw1/bgp/enable: found \"x\"", result.Error, StringComparison.Ordinal);
        Assert.Contains("and 1 more", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_answers_in_the_first_editions_fields()
    {
        const string Input = """
            {
              "node_id": "gw1",
              "node": {"/nodes/gw1/ospf/enable": true, "/nodes/gw1/lan": "10.1.0.0/24\n10.2.0.0/24", "/nodes/gw1/router_id": "10.20.0.1"},
              "global": {"/global/mesh_type": "tinc"},
              "all_nodes": {"/nodes/gw1/lan": "10.9.0.0/24", "/nodes/gw2/lan": "10.3.0.0/24"}
            }
            """;
        var result = await FakePid1.FeedAsync(Input, "generate", "frr");
        Assert.Equal((0, ""), (result.Code, result.Error));
        var output = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("frr_conf", Assert.Single(output.EnumerateObject()).Name);
        Assert.Contains("10.2.0.0/24", output.GetProperty("frr_conf").GetString()!, StringComparison.Ordinal);
        Assert.DoesNotContain("10.9.0.0/24", output.GetProperty("frr_conf").GetString()!, StringComparison.Ordinal);

        var openVpn = JsonDocument.Parse((await FakePid1.FeedAsync(Input, "generate", "openvpn")).Output).RootElement;
        Assert.Equal(0, openVpn.GetProperty("instances").GetArrayLength());
    }

    [Theory]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{}", "has no text node_id")]
    [InlineData("""{"node_id": 5}""", "has no text node_id")]
    [InlineData("""{"node_id": "gw1", "node": []}""", "has a node that is no object")]
    [InlineData("""{"node_id": "gw1", "node": {"lan": "x"}}""", "a key begins with /")]
    [InlineData("""{"node_id": "gw1", "node": {"/nodes/gw1/lan": ["x"]}}""", "has a value of /nodes/gw1/lan that is no text")]
    [InlineData("""{"node_id": "gw1", "node": {"/nodes/gw1/bgp/enable": "maybe"}}""", "/nodes/gw1/bgp/enable: found")]
    [InlineData("""{"node_id": "g w", "node": {}}""", "is not a node's name")]
    [InlineData("\"\\ud800\"", "is no JSON object")]
    public async Task Bad_input_of_generate_is_one_line(string input, string error)
    {
        var result = await FakePid1.FeedAsync(input, "generate", "frr");
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    private const string Proxy = """
        {
          "node_id": "gw1",
          "node": {"/nodes/gw1/clash/enable": true, "/nodes/gw1/clash/active_subscription": "main"},
          "global": {"/global/clash/subscriptions/main/url": "URL"}
        }
        """;

    private const string Proxies = "proxies: [{name: a, type: direct}]\ntun: {enable: true}\n";

    [Fact]
    public async Task Generate_clash_takes_the_subscription_from_a_file_and_says_what_of_it_is_left_out()
    {
        var result = await GenerateClash("https://nowhere.invalid/", Proxies);
        Assert.Equal(0, result.Code);
        Assert.StartsWith("meduza: warning: /global/clash/subscriptions/main/url: of the subscription, tun is left out", result.Error, StringComparison.Ordinal);
        var output = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(["config_yaml", "args", "tproxy_targets", "mode", "refresh_enable", "refresh_interval_minutes"], output.EnumerateObject().Select(field => field.Name));
        Assert.Contains("type: direct", output.GetProperty("config_yaml").GetString()!, StringComparison.Ordinal);
        Assert.Equal("mixed", output.GetProperty("mode").GetString());
        Assert.False(output.GetProperty("refresh_enable").GetBoolean());
    }

    [Fact]
    public async Task Generate_clash_fetches_the_subscription_where_no_file_is_given()
    {
        using var server = new WebServer(_ => WebServer.Ok(Proxies));
        var result = await GenerateClash($"http://127.0.0.1:{server.Port}/sub?token=hunter2", file: null);
        Assert.Equal(0, result.Code);
        Assert.Contains("type: direct", JsonDocument.Parse(result.Output).RootElement.GetProperty("config_yaml").GetString()!, StringComparison.Ordinal);
        Assert.StartsWith("GET /sub?token=hunter2 HTTP/1.1", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_clash_fails_in_one_line_where_the_subscription_cannot_be_had_or_is_none()
    {
        using var server = new WebServer(_ => WebServer.Status(403));
        await Fails($"http://127.0.0.1:{server.Port}/sub?token=hunter2", null, "subscription 'main': 127.0.0.1 cannot be asked for it: it answers with status 403");
        await Fails("file:///data/clash/nothing.yaml", null, "/data/clash/nothing.yaml");
        await Fails("https://nowhere.invalid/", "<html>", "subscription 'main' is not used: it is not a mihomo configuration, which is a map");

        async Task Fails(string url, string? file, string error)
        {
            var result = await GenerateClash(url, file);
            Assert.Equal((1, ""), (result.Code, result.Output));
            Assert.Contains(error, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
            Assert.Equal(1, result.Error.Count(c => c == '\n'));
        }
    }

    [Fact]
    public async Task Generate_clash_of_a_node_without_a_subscription_needs_none_and_has_no_use_for_one()
    {
        const string Input = """{"node_id": "gw1", "node": {"/nodes/gw1/clash/enable": true}}""";
        var result = await FakePid1.FeedAsync(Input, "generate", "clash");
        Assert.Equal((0, ""), (result.Code, result.Error));
        var refused = await FakePid1.FeedAsync(Input, "generate", "clash", "--subscription", "/dev/null");
        Assert.Equal((1, ""), (refused.Code, refused.Output));
        Assert.Contains("the node has no clash/active_subscription", refused.Error, StringComparison.Ordinal);
    }

    private async Task<FakePid1.Result> GenerateClash(string url, string? file)
    {
        var input = Proxy.Replace("URL", url, StringComparison.Ordinal);
        if (file is null)
            return await FakePid1.FeedAsync(input, "generate", "clash");
        var path = Path.Combine(_folder, "main.yaml");
        await File.WriteAllTextAsync(path, file, TestContext.Current.CancellationToken);
        return await FakePid1.FeedAsync(input, "generate", "clash", "--subscription", path);
    }
}
