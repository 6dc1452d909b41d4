using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Plan;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Render;

public sealed class MosdnsRendererTests
{
    private const string Plugins = "/global/mosdns/plugins", RuleFiles = "/global/mosdns/rule_files";

    private static readonly KeySet Keys = KeySet.Empty.With("/nodes/gw-a/mosdns/enable", "true");

    [Fact]
    public void Shipped_plugins_listen_where_dnsmasq_asks_and_read_every_list()
    {
        var state = Keys.Render();
        var plugins = (YamlSequence)Config(state)["plugins"]!;
        Assert.True(PluginCheck.Listens(plugins, "udp_server"));
        Assert.True(PluginCheck.Listens(plugins, "tcp_server"));
        Assert.Null(PluginCheck.Problem(plugins));
        Assert.Null(PluginCheck.Oddity(plugins));
        var text = Text(state, "config.yaml");
        Assert.Contains("127.0.0.1:7891", text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        foreach (var name in (string[])["local", "block", "ddns", "global"])
        {
            Assert.Contains($"etcd_{name}.txt", text, StringComparison.Ordinal);
            Assert.Equal("", Text(state, $"etcd_{name}.txt"));
        }
    }

    [Fact]
    public void Plugins_of_the_key_take_the_place_of_those_that_ship()
    {
        var state = Keys.With(Plugins, "  - tag: main\n    type: forward\n    args: {upstreams: [{addr: 1.1.1.1, socks5: \"127.0.0.1:{{SOCKS_PORT}}\"}]}\n"
            + "  - {type: udp_server, args: {entry: main, listen: \":1153\"}}\n").Render();
        var plugins = Assert.IsType<YamlSequence>(Config(state)["plugins"]);
        Assert.Equal(2, plugins.Items.Length);
        Assert.Contains("127.0.0.1:7891", Text(state, "config.yaml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{type: udp_server, args: {listen: \":1153\"}}", ReadinessKind.BoundUdpPort, "127.0.0.1:1153")]
    [InlineData("{type: tcp_server, args: {listen: \"127.0.0.1:1153\"}}", ReadinessKind.BoundTcpPort, "127.0.0.1:1153")]
    [InlineData("{type: udp_server, args: {listen: \":5353\"}}", ReadinessKind.Started, "")]
    public void Ready_is_the_port_that_its_plugins_bind_where_dnsmasq_asks(string server, ReadinessKind kind, string target) =>
        Assert.Equal(new Readiness(kind, target), Mosdns(Keys.With(Plugins, $"- {server}")).Readiness);

    [Fact]
    public void It_waits_for_a_proxy_where_there_is_one_and_stays_while_that_one_is_restarted()
    {
        Assert.Empty(Mosdns(Keys).Requires);
        var proxied = Mosdns(Keys.With("/nodes/gw-a/clash/enable", "true"));
        Assert.Equal(["mihomo"], proxied.Requires);
        Assert.Equal(RequiredRestart.Tell, proxied.WhenRequiredRestarts);
    }

    private static ServiceDefinition Mosdns(KeySet keys) => keys.Render().Services.Single(service => service.Name == "mosdns");

    [Fact]
    public void Lists_are_written_line_by_line()
    {
        var state = Keys.With("/global/mosdns/block", "ads.example\r\n\n full:x.example \n").Render();
        Assert.Equal("ads.example\nfull:x.example\n", Text(state, "etcd_block.txt"));
    }

    [Fact]
    public void Only_a_changed_file_is_another_process()
    {
        Assert.True(Mosdns(Keys).SameProcessAs(Mosdns(Keys.With("/global/mosdns/block", "\n"))));
        Assert.False(Mosdns(Keys).SameProcessAs(Mosdns(Keys.With("/global/mosdns/block", "a.example"))));
        var ruled = Keys.With(RuleFiles, "{\"a.txt\": \"https://example.org/a\"}");
        Assert.False(Mosdns(Keys).SameProcessAs(Mosdns(ruled)));
        Assert.True(Mosdns(ruled).SameProcessAs(Mosdns(Keys.With(RuleFiles, "{\"a.txt\": \"https://example.com/a\"}"))));
    }

    [Fact]
    public void A_rule_file_is_empty_until_it_is_fetched_and_then_a_link_to_where_it_is_kept()
    {
        var config = Keys.With(RuleFiles, "{\"geo/cn/a.txt\": \"https://example.org/a\", \"b.txt\": \"https://example.org/b\"}").Config();
        var before = Renderer.Render(config, new Machine());
        var after = Renderer.Render(config, new Machine { RuleFiles = Kept("geo/cn/a.txt", "/data/x.1") });

        Assert.Equal(["", ""], ((string[])["geo/cn/a.txt", "b.txt"]).Select(name => Text(before, name)));
        Assert.Empty(before.Symlinks);
        Assert.Equal([new("/etc/mosdns/geo/cn/a.txt", "/data/x.1", "mosdns")], after.Symlinks);
        Assert.DoesNotContain(after.Files, file => file.Path == "/etc/mosdns/geo/cn/a.txt");
        Assert.Equal(["/etc/mosdns", "/etc/mosdns/geo", "/etc/mosdns/geo/cn"], after.Folders.Select(folder => folder.Path).Where(path => path.StartsWith("/etc/mosdns", StringComparison.Ordinal)));

        // From the one to the other, and to another content: once each.
        var changes = Planner.Plan(after, Machines.After(before));
        Assert.Equal(["mosdns"], changes.Components);
        Assert.Equal((1, "mosdns"), (changes.Symlinks.Length, Assert.Single(changes.Defines).Name));
        Assert.True(Planner.Plan(after, Machines.After(before).Apply(changes)).IsEmpty);
        var newer = Renderer.Render(config, new Machine { RuleFiles = Kept("geo/cn/a.txt", "/data/x.2") });
        Assert.Equal("mosdns", Assert.Single(Planner.Plan(newer, Machines.After(after)).Defines).Name);
    }

    private static ImmutableDictionary<string, string> Kept(string name, string path) => ImmutableDictionary<string, string>.Empty.Add(name, path);

    [Fact]
    public void Rule_files_are_read_sorted()
    {
        var files = Keys.With("/global/mosdns/rule_files", "{\"b/c.txt\": \"https://example.org/c\", \"a.txt\": \"http://example.org/a\"}").Config().Mosdns!.RuleFiles;
        Assert.Equal(["a.txt http://example.org/a", "b/c.txt https://example.org/c"], files.Select(file => $"{file.Path} {file.Url}"));
    }

    [Theory]
    [InlineData("rule_files", "[]", "not an object")]
    [InlineData("rule_files", "{", "not JSON")]
    [InlineData("rule_files", "{\"../a\": \"https://example.org\"}", "inside the folder")]
    [InlineData("rule_files", "{\"/etc/a\": \"https://example.org\"}", "inside the folder")]
    [InlineData("rule_files", "{\"a/../../b\": \"https://example.org\"}", "inside the folder")]
    [InlineData("rule_files", "{\"a\\u0000\": \"https://example.org\"}", "inside the folder")]
    [InlineData("rule_files", "{\"\": \"https://example.org\"}", "inside the folder")]
    [InlineData("rule_files", "{\"config.yaml\": \"https://example.org\"}", "another name")]
    [InlineData("rule_files", "{\"etcd_local.txt\": \"https://example.org\"}", "another name")]
    [InlineData("rule_files", "{\"a\": \"file:///etc/passwd\"}", "URL")]
    [InlineData("rule_files", "{\"a\": \"https://example.org/ x\"}", "URL")]
    [InlineData("rule_files", "{\"a\": 5}", "URL")]
    [InlineData("rule_files", "{\"a\": \"\\ud800\"}", "")]
    [InlineData("rule_files", "{\"a\": \"https://example.org\", \"a/b\": \"https://example.org\"}", "both a file and the folder")]
    [InlineData("plugins", "a: 1", "not a list")]
    [InlineData("plugins", "- x", "not a map")]
    [InlineData("plugins", "- {tag: a}", "no type")]
    [InlineData("plugins", "- {type: forward, run: x}", "\"run\"")]
    [InlineData("plugins", "- {type: cache, tag: a}\n- {type: cache, tag: a}", "twice")]
    [InlineData("plugins", "- {type: cache, args: {dump_file: /etc/cron.d/x}}", "outside")]
    [InlineData("plugins", "- {type: domain_set, args: {files: [a.txt, ../../etc/shadow]}}", "outside")]
    [InlineData("plugins", "- {type: nftset, args: {}}", "packet rules")]
    [InlineData("plugins", "- {type: [", "line ")]
    [InlineData("plugins", "- &a [*a]", "line 1")]
    public void Bad_value_rejects_the_commit_and_says_why(string key, string value, string reason)
    {
        var error = Assert.Single(Keys.With("/global/mosdns/" + key, value).Parse().Errors);
        Assert.Equal("/global/mosdns/" + key, error.Key);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/mosdns/a.txt")]
    [InlineData("./a/b.txt")]
    [InlineData("a.txt")]
    public void File_in_the_folder_is_taken_however_it_is_written(string path) =>
        Assert.Empty(Keys.With(Plugins, $"- {{type: domain_set, args: {{files: [{path}]}}}}").Parse().Errors);

    [Fact]
    public void Nobody_listening_for_dnsmasq_is_said() =>
        Assert.Contains(Keys.With(Plugins, "- {type: cache}").Parse().Warnings, warning => warning.Key == Plugins && warning.Message.Contains("1153", StringComparison.Ordinal));

    private static YamlMap Config(DesiredState state) => (YamlMap)YamlReader.Read(Encoding.UTF8.GetBytes(Text(state, "config.yaml")));

    private static string Text(DesiredState state, string name) =>
        Encoding.UTF8.GetString(state.Files.Single(file => file.Path == "/etc/mosdns/" + name).Content.Span);
}
