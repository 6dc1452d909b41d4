using System.Formats.Tar;
using System.IO.Compression;
using Meduza.Gateway.Render;
using Meduza.Init.Cli.Support;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli.Support;

/// <summary>The archive for a report.</summary>
public sealed class SupportVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-support-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, string> Unpack(Stream archive)
    {
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        using var plain = new GZipStream(archive, CompressionMode.Decompress);
        using var tar = new TarReader(plain);
        while (tar.GetNextEntry() is { } entry)
        {
            using var text = new StreamReader(entry.DataStream ?? Stream.Null);
            files.Add(entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..], text.ReadToEnd());
        }
        return files;
    }

    [Fact]
    public async Task What_every_verb_says_is_in_it_with_logs_and_services_and_no_value_of_an_environment()
    {
        var definition = new ServiceDefinition { Name = "dnsmasq", Component = "dnsmasq", Command = ["/usr/sbin/dnsmasq"], Environment = ["TOKEN=hunter2hunter2"] };
        using var pid1 = new FakePid1(new ControlReply { Services = [Samples.Service("dnsmasq") with { Definition = definition }] }) { LogFolder = _folder };
        File.WriteAllText($"{_folder}/dnsmasq.err.log.1", "older\n");
        File.WriteAllText($"{_folder}/dnsmasq.err.log", "newer\n");
        File.CreateSymbolicLink($"{_folder}/other.err.log", "/etc/shadow");
        var archive = $"{_folder}/report.tar.gz";

        var result = await pid1.AskAsync("support", archive);

        Assert.Equal(("", 0), (result.Error, result.Code));
        Assert.Contains($"{archive}: ", result.Output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive));
        using var packed = File.OpenRead(archive);
        var files = Unpack(packed);
        Assert.Equal(("older\n", "newer\n"), (files["logs/dnsmasq.err.log.1"], files["logs/dnsmasq.err.log"]));
        Assert.Contains("dnsmasq", files["status.txt"], StringComparison.Ordinal);
        Assert.Contains("\"TOKEN=(hidden)\"", files["services/dnsmasq.json"], StringComparison.Ordinal);
        Assert.Contains("(exit code 1)", files["plan.txt"], StringComparison.Ordinal);
        Assert.Contains("no commit is kept in", files["rendered/problem.txt"], StringComparison.Ordinal);
        Assert.Contains("1: lo", files["kernel/links.txt"], StringComparison.Ordinal);
        Assert.Contains("Linux version", files["kernel/proc/version"], StringComparison.Ordinal);
        Assert.DoesNotContain("logs/other.err.log", files.Keys);
        Assert.DoesNotContain(files.Values, text => text.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_made_also_where_no_gateway_runs_and_says_so()
    {
        var archive = $"{_folder}/report.tar.gz";
        Assert.Equal(0, (await FakePid1.RunAsync("/nowhere", "support", archive)).Code);
        using var packed = File.OpenRead(archive);
        var files = Unpack(packed);
        Assert.Contains("/nowhere", files["services/problem.txt"], StringComparison.Ordinal);
        Assert.Contains("(exit code 1)", files["status.txt"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_over_and_one_that_cannot_be_written_is_named()
    {
        var archive = $"{_folder}/report.tar.gz";
        File.WriteAllText(archive, "mine");
        var there = await FakePid1.RunAsync("/nowhere", "support", archive);
        Assert.Equal((1, $"meduza: {archive} is there already: name another file\n"), (there.Code, there.Error));
        Assert.Equal("mine", File.ReadAllText(archive));
        var nowhere = await FakePid1.RunAsync("/nowhere", "support", "/nowhere/report.tar.gz");
        Assert.Equal((1, "meduza: /nowhere/report.tar.gz cannot be written: name a file in a folder with room where you may write\n"), (nowhere.Code, nowhere.Error));
    }

    [Fact]
    public void A_secret_that_is_known_is_hidden_wherever_it_stands()
    {
        using var archive = new MemoryStream();
        using (var packed = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        {
            using var bundle = new SupportBundle(packed, "report", new SecretMask(["hunter2hunter2"]), TimeProvider.System);
            bundle.Add("a.txt", "before hunter2hunter2 after\n");
            bundle.AddFile("b.txt", "/nowhere/b");
        }
        archive.Position = 0;
        var files = Unpack(archive);
        Assert.Equal("before (secret) after\n", files["a.txt"]);
        Assert.Equal("/nowhere/b cannot be read: run this as root\n", files["b.txt.problem.txt"]);
    }

    [Theory]
    [InlineData("password zebra", "password (hidden)")]
    [InlineData(" neighbor 10.0.0.1 password zebra", " neighbor 10.0.0.1 password (hidden)")]
    [InlineData(" ip ospf message-digest-key 1 md5 zebra", " ip ospf message-digest-key (hidden)")]
    [InlineData("router bgp 65001", "router bgp 65001")]
    public void A_password_of_the_routing_daemons_is_hidden(string line, string shown) => Assert.Equal(shown + "\n\n", RoutingConfigs.Masked(line + "\n"));
}
