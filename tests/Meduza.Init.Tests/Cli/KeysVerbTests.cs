using System.Globalization;
using System.Text;
using System.Text.Json;
using Meduza.Init.Tests.Agent.Store;

namespace Meduza.Init.Tests.Cli;

/// <summary>Export and import against a real etcd.</summary>
public sealed class KeysVerbTests : IDisposable
{
    private readonly EtcdServer _etcd = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-keys-").FullName;

    public void Dispose()
    {
        _etcd.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Export_moves_a_whole_network_to_another_etcd()
    {
        _etcd.Put("/global/bgp/filter/in", "deny 10.0.0.0/8\npermit any\n");
        _etcd.Put("/nodes/gw1/lan", "10.1.0.0/24");
        _etcd.Put("/dns/hosts/printer", "10.1.0.9");
        _etcd.Put("/commit", "seven");
        _etcd.Put("/updated/gw1/online", "1");
        _etcd.Put("/elsewhere", "of another program");
        var path = Path.Combine(_folder, "keys.yaml");

        var export = await EtcdCommand.RunAsync(_etcd.Endpoint, "keys", "export", "--out", path);
        Assert.Equal((0, ""), (export.Code, export.Error));
        Assert.Matches($@"\A3 keys of revision 7 in {path}: it holds every secret, keep it like one\n\z", export.Output);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.DoesNotContain("seven", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        using var cluster = new EtcdServer();
        var import = await EtcdCommand.RunAsync(cluster.Endpoint, "keys", "import", path);
        Assert.Equal((0, "3 put, 0 unchanged, 0 deleted\n", ""), (import.Code, import.Output, import.Error));
        Assert.Equal("deny 10.0.0.0/8\npermit any\n\n", cluster.Ctl("get", "/global/bgp/filter/in", "--print-value-only"));
        foreach (var form in (string[][])[["keys", "export"], ["keys", "export", "--json"]])
            Assert.Equal((await EtcdCommand.RunAsync(_etcd.Endpoint, form)).Output, (await EtcdCommand.RunAsync(cluster.Endpoint, form)).Output);

        var again = await EtcdCommand.RunAsync(cluster.Endpoint, "keys", "import", path, "--json");
        var document = JsonDocument.Parse(again.Output).RootElement;
        Assert.Equal((0, 3), (document.GetProperty("put").GetInt32(), document.GetProperty("unchanged").GetInt32()));
    }

    [Fact]
    public async Task Dump_of_etcdctl_is_imported_without_what_gateways_wrote()
    {
        _etcd.Put("/nodes/gw1/lan", "10.1.0.0/24");
        _etcd.Put("/updated/gw1/online", "1");
        _etcd.Put("/commit", "1");
        var dump = _etcd.Ctl("get", "--prefix", "", "-w", "json");
        using var other = new EtcdServer();
        var import = await EtcdCommand.RunAsync([("ETCD_ENDPOINTS", other.Endpoint)], dump, "keys", "import", "-");
        Assert.Equal("1 put, 0 unchanged, 0 deleted, 2 left out (not below the prefix, or gateways' own: /commit and /updated/)\n", import.Output);
        Assert.Equal("", other.Ctl("get", "/commit"));
    }

    [Fact]
    public async Task Import_deletes_nothing_unless_told_to_prune()
    {
        _etcd.Put("/nodes/gw1/lan", "old");
        _etcd.Put("/nodes/gw2/lan", "10.2.0.0/24");
        _etcd.Put("/dns/hosts/printer", "10.1.0.9");
        _etcd.Put("/updated/gw1/online", "1");
        const string File = "/nodes/gw1/lan: new\n";
        Task<FakePid1.Result> Import(params string[] arguments) =>
            EtcdCommand.RunAsync([("ETCD_ENDPOINTS", _etcd.Endpoint)], File, ["keys", "import", "-", .. arguments]);

        Assert.Equal("+ /nodes/gw1/lan\n- /nodes/gw2/lan\nwould be: 1 put, 0 unchanged, 1 deleted\n", (await Import("--prune", "--dry-run")).Output);
        Assert.Equal("1 put, 0 unchanged, 0 deleted\n", (await Import()).Output);
        Assert.Equal("0 put, 1 unchanged, 0 deleted\n", (await Import("/nodes/gw1/", "--prune")).Output);
        // Of /dns/hosts/ the file knows nothing, so nothing there is meant to go.
        Assert.Equal("0 put, 1 unchanged, 1 deleted\n", (await Import("--prune")).Output);
        Assert.Equal(["/dns/hosts/printer", "/nodes/gw1/lan", "/updated/gw1/online"],
            _etcd.Ctl("get", "--prefix", "/", "--keys-only").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Thousands_of_keys_go_in_transactions_that_etcd_takes()
    {
        var file = new StringBuilder();
        for (var i = 0; i < 1000; i++)
            file.Append(CultureInfo.InvariantCulture, $"/nodes/gw{i}/lan: \"10.0.0.0/24\"\n");
        // 20 of them are more than one request may hold.
        for (var i = 0; i < 20; i++)
            file.Append(CultureInfo.InvariantCulture, $"/nodes/large{i}/note: \"{new string('x', 100_000)}\"\n");
        var before = Revision();
        var import = await EtcdCommand.RunAsync([("ETCD_ENDPOINTS", _etcd.Endpoint)], file.ToString(), "keys", "import", "-");
        Assert.Equal(("1020 put, 0 unchanged, 0 deleted\n", ""), (import.Output, import.Error));
        Assert.InRange(Revision() - before, 9, 12);
        var pruned = await EtcdCommand.RunAsync([("ETCD_ENDPOINTS", _etcd.Endpoint)], "/nodes/gw0/lan: \"1\"\n", "keys", "import", "-", "--prune");
        Assert.Equal("1 put, 0 unchanged, 1019 deleted\n", pruned.Output);
    }

    [Fact]
    public async Task Import_that_stops_half_way_says_how_far_it_came()
    {
        var file = string.Concat(Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"/nodes/a{i:000}/lan: x\n")))
            + $"/nodes/b/note: \"{new string('x', 3_000_000)}\"\n";
        var import = await EtcdCommand.RunAsync([("ETCD_ENDPOINTS", _etcd.Endpoint)], file, "keys", "import", "-");
        Assert.Equal(1, import.Code);
        Assert.EndsWith("; 200 of 201 keys are written: the same import again goes on from there\n", import.Error, StringComparison.Ordinal);
    }

    private long Revision() =>
        JsonDocument.Parse(_etcd.Ctl("get", "/none", "-w", "json")).RootElement.GetProperty("header").GetProperty("revision").GetInt64();

    [Fact]
    public async Task Second_endpoint_is_asked_when_the_first_is_down()
    {
        _etcd.Put("/nodes/gw1/lan", "10.1.0.0/24");
        var export = await EtcdCommand.RunAsync($"http://127.0.0.1:1,{_etcd.Endpoint}", "keys", "export", "/nodes/gw1/");
        Assert.Equal("/nodes/gw1/lan: \"10.1.0.0/24\"\n", export.Output);
    }

    [Theory]
    [InlineData(1, "meduza: etcd http://127.0.0.1:1 refuses connections: nothing listens there\n", "http://127.0.0.1:1", "keys", "export")]
    [InlineData(1, "meduza: ETCD_ENDPOINTS has 'ftp://x', which is no address: write http://HOST:PORT or https://HOST:PORT\n", "ftp://x", "keys", "export")]
    [InlineData(2, "meduza: 'nodes' is no beginning of keys: it begins with /: see `meduza keys export --help`\n", "http://127.0.0.1:1", "keys", "export", "nodes")]
    [InlineData(2, "meduza: /updated/gw1/ is not for operators to write: gateways write /updated/, and a commit is `meduza commit`\n", "http://127.0.0.1:1", "keys", "import", "-", "/updated/gw1/")]
    [InlineData(2, "meduza: a verb is missing: there are export, import; see `meduza keys --help`\n", "http://127.0.0.1:1", "keys")]
    [InlineData(2, "meduza: no verb 'move': there are export, import; see `meduza keys --help`\n", "http://127.0.0.1:1", "keys", "move")]
    public async Task What_is_wrong_is_one_line(int code, string error, string endpoints, params string[] arguments)
    {
        var result = await EtcdCommand.RunAsync([("ETCD_ENDPOINTS", endpoints)], "{}", arguments);
        Assert.Equal((code, "", error), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task User_without_the_right_is_told()
    {
        _etcd.Ctl("user", "add", "root:right");
        _etcd.Ctl("user", "grant-role", "root", "root");
        _etcd.Ctl("role", "add", "reader");
        _etcd.Ctl("role", "grant-permission", "reader", "--prefix=true", "read", "/");
        _etcd.Ctl("user", "add", "reader:right");
        _etcd.Ctl("user", "grant-role", "reader", "reader");
        _etcd.Ctl("auth", "enable");
        (string, string)[] environment = [("ETCD_ENDPOINTS", _etcd.Endpoint), ("ETCD_USER", "reader"), ("ETCD_PASS", "right")];
        Assert.Equal("{}\n", (await EtcdCommand.RunAsync(environment, "", "keys", "export")).Output);
        var import = await EtcdCommand.RunAsync(environment, "/nodes/gw1/lan: x\n", "keys", "import", "-");
        Assert.Equal((1, "meduza: etcd does not let this user do that: name another one in ETCD_USER and ETCD_PASS, or grant it\n"), (import.Code, import.Error));
    }
}
