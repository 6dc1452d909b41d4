using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Downloads;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>Files that are fetched from a server, whatever it does, and what is kept of them.</summary>
public sealed partial class FileSourceTests : IDisposable
{
    private const string Name = "geo/cn.txt", Tag = "\"v1\"";
    private const int Longest = 4 << 20;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"domain:{i}.example\n")));

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-test-{Guid.NewGuid():N}");
    private readonly ManualClock _clock = new();
    private readonly Triggers _triggers = new();
    private string _boot = "boot";
    private TimeSpan _quiet = TimeSpan.FromMinutes(1);
    private IWebProxy? _proxy;
    private RuleReading _reading;

    public void Dispose()
    {
        _triggers.Dispose();
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private KeptFiles Files => new(_path, _boot);

    private KeptFile? Kept => Files.Load(Name, Assert.Fail);

    /// <summary>Another agent each time: nothing is remembered but what is on the disk.</summary>
    private async Task<FetchedCopy> Fetch(string url, int longest = Longest)
    {
        var limits = new FetchLimits(TimeSpan.FromMinutes(5), _quiet, longest);
        using var transfer = new Transfers(_triggers, _clock).Begin("rule_file", Name);
        return await new FileSource(Files, limits, RuleFileCheck.Problem, () => _proxy, _clock).FetchAsync(new(Name, url, _reading), Kept, transfer, Cancellation);
    }

    private Task<FetchedCopy> Fetch(WebServer server) => Fetch($"http://127.0.0.1:{server.Port}/cn.txt");

    private async Task<string> Refused(WebServer server) => (await Assert.ThrowsAsync<FetchException>(() => Fetch(server))).Message;

    private byte[] Content => File.ReadAllBytes(Kept!.Path);

    /// <summary>The names of all that lies in the folder, without those of the file whose hash is in them.</summary>
    private IEnumerable<string> Endings => Directory.EnumerateFiles(_path).Select(file => Path.GetFileName(file)[33..]).Select(end => HashOnly().Replace(end, "HASH")).Order(StringComparer.Ordinal);

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex HashOnly();

    [GeneratedRegex("\r\nRange: bytes=([0-9]+)-\r\n")]
    private static partial Regex RangeHeader();

    /// <summary>What the request wants of the body: from which byte on, where it is asked with the tag that it has now.</summary>
    private static int From(string request, string tag = Tag) =>
        RangeHeader().Match(request) is { Success: true } match && request.Contains($"\r\nIf-Range: {tag}\r\n", StringComparison.Ordinal)
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;

    /// <summary>An answer to a request for the body, or for the rest of it; cut off after some bytes.</summary>
    private static byte[] Answer(string request, byte[] body, int most = int.MaxValue, string headers = "", string tag = Tag)
    {
        var from = From(request, tag);
        var status = from > 0 ? $"206 Partial Content\r\nContent-Range: bytes {from}-{body.Length - 1}/{body.Length}" : "200 OK";
        return
        [
            .. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length - from}\r\nETag: {tag}\r\n{headers}Connection: close\r\n\r\n"),
            .. body.AsSpan(from, Math.Min(most, body.Length - from)),
        ];
    }

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task It_is_kept_as_it_was_however_it_came_and_for_anybody_to_read(string packing)
    {
        var sent = Packed.Of(Body, packing);
        using var server = new WebServer(request => Answer(request, sent, headers: packing.Length > 0 ? $"Content-Encoding: {packing}\r\n" : ""));

        var fetched = await Fetch(server);

        Assert.Equal((true, "directly", (long)Body.Length), (fetched.IsNew, fetched.Way, fetched.Copy.Size));
        Assert.Equal(Body, Content);
        Assert.Equal(Kept, fetched.Copy);
        Assert.Equal(["HASH", "json"], Endings);
        Assert.True(File.GetUnixFileMode(((KeptFile)fetched.Copy).Path).HasFlag(UnixFileMode.OtherRead));
        Assert.Contains("\r\nAccept-Encoding: gzip, br, zstd\r\n", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_the_same_still_is_not_sent_again_also_after_a_restart()
    {
        using var server = new WebServer(request => request.Contains($"If-None-Match: {Tag}\r\n", StringComparison.Ordinal) ? WebServer.Status(304) : Answer(request, Body));
        var first = await Fetch(server);
        _clock.Advance(TimeSpan.FromHours(1));

        var again = await Fetch(server);

        Assert.False(again.IsNew);
        Assert.Equal(first.Copy with { FetchedAt = again.Copy.FetchedAt }, again.Copy);
        Assert.Equal(3_600_000, again.Copy.FetchedAt - first.Copy.FetchedAt);
        Assert.Equal(Kept, again.Copy);
    }

    [Fact]
    public async Task What_another_address_sent_is_asked_for_in_full_and_the_same_content_is_no_news()
    {
        using var server = new WebServer(request => Answer(request, Body));
        using var other = new WebServer(request => Answer(request, Body));
        var first = await Fetch(server);
        var second = await Fetch(other);
        Assert.DoesNotContain("If-", Assert.Single(other.Requests), StringComparison.Ordinal);
        Assert.False(second.IsNew);
        Assert.NotEqual(first.Copy.Source, Kept!.Source);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task What_was_cut_off_is_gone_on_from_at_the_next_try_also_of_another_agent(string packing)
    {
        var sent = Packed.Of(Body, packing);
        var part = sent.Length / 3;
        using var server = new WebServer(request => Answer(request, sent, part, packing.Length > 0 ? $"Content-Encoding: {packing}\r\n" : ""));

        Assert.Contains("its answer ends too early", await Refused(server), StringComparison.Ordinal);
        Assert.Contains("its answer ends too early", await Refused(server), StringComparison.Ordinal);
        Assert.Equal(["part", "part.json"], Endings);
        if (sent.Length > 3 * part)
            Assert.Contains("its answer ends too early", await Refused(server), StringComparison.Ordinal);
        await Fetch(server);

        Assert.Equal(Body, Content);
        Assert.Equal(["HASH", "json"], Endings);
        Assert.Equal(Enumerable.Range(0, server.Requests.Count).Select(i => i * part), server.Requests.Select(request => From(request)));
    }

    [Fact]
    public async Task What_has_changed_since_a_part_of_it_came_is_sent_in_full()
    {
        var (tag, most) = (Tag, Body.Length / 2);
        using var server = new WebServer(request => Answer(request, Body, most, tag: tag));
        await Refused(server);
        (tag, most) = ("\"v2\"", int.MaxValue);
        await Fetch(server);
        Assert.Equal(Body, Content);
        Assert.Equal("\"v2\"", Kept!.Validators.ETag);
    }

    [Theory]
    [InlineData("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 7-8/9\r\nContent-Length: 2\r\nConnection: close\r\n\r\nxx")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes FROM-190000/200000\r\nContent-Length: 2\r\nConnection: close\r\n\r\nxx")]
    [InlineData("HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nConnection: close\r\n\r\nxx")]
    public async Task A_rest_that_does_not_fit_is_not_taken_and_all_is_asked_for_at_once(string rest)
    {
        var most = Body.Length / 2;
        using var server = new WebServer(request => From(request) > 0 ? Encoding.ASCII.GetBytes(rest.Replace("FROM", $"{most}", StringComparison.Ordinal)) : Answer(request, Body, most));
        await Refused(server);
        most = int.MaxValue;
        await Fetch(server);
        Assert.Equal(Body, Content);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_part_that_was_not_asked_for_is_refused()
    {
        using var server = new WebServer(_ => "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 7-8/9\r\nContent-Length: 2\r\nConnection: close\r\n\r\nxx"u8.ToArray());
        Assert.Contains("its answer is a part, and all was asked for", await Refused(server), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another boot", Tag)]
    [InlineData("boot", "W/\"v1\"")]
    public async Task What_came_before_a_power_cut_or_is_not_known_byte_by_byte_is_not_gone_on_from(string boot, string tag)
    {
        var most = Body.Length / 2;
        using var server = new WebServer(request => Answer(request, Body, most, tag: tag));
        await Refused(server);
        (_boot, most) = (boot, int.MaxValue);
        await Fetch(server);
        Assert.Equal(Body, Content);
        Assert.DoesNotContain("Range:", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_server_is_given_up_when_it_falls_silent_and_what_came_of_it_is_kept()
    {
        _quiet = TimeSpan.FromMilliseconds(300);
        var half = Body.Length / 2;
        using var server = new WebServer(async (request, stream) =>
        {
            await stream.WriteAsync(Answer(request, Body, half));
            if (From(request) == 0)
                _ = await stream.ReadAsync(new byte[1]);
        });
        Assert.Contains("nothing came from it for 0.3 s", await Refused(server), StringComparison.Ordinal);
        await Fetch(server);
        Assert.Equal(Body, Content);
        Assert.Equal(half, From(server.Requests.Last()));
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html>", "its answer is a web page, and no list of rules")]
    [InlineData("\uFEFF \r\n<HTML>", "its answer is a web page, and no list of rules")]
    [InlineData("{\"message\": \"not found\"}", "its answer is JSON, and no list of rules")]
    [InlineData("domain:a\0b", "its answer is no text, and so no list of rules")]
    [InlineData("", "its answer is empty")]
    [InlineData(" \n", "its answer is empty")]
    public async Task What_is_no_list_is_refused_and_the_one_before_stays(string body, string reason)
    {
        var answer = "domain:a.example\n";
        using var server = new WebServer(_ => WebServer.Ok(answer));
        await Fetch(server);
        answer = body;
        Assert.Equal($"127.0.0.1 cannot be asked for it: {reason}", await Refused(server));
        Assert.Equal("domain:a.example\n"u8.ToArray(), Content);
        Assert.Equal(["HASH", "json"], Endings);
    }

    [Fact]
    public async Task A_line_that_MosDNS_cannot_read_refuses_the_list_and_the_one_before_stays()
    {
        _reading = RuleReading.Names;
        var answer = "domain:a.example\r\n# theirs\n\nregexp:^b$";
        using var server = new WebServer(_ => WebServer.Ok(answer));
        await Fetch(server);
        answer = string.Concat(Enumerable.Repeat("domain:a.example\n", 10_000)) + "geosite:cn\ndomain:b.example\n";
        Assert.StartsWith("127.0.0.1 cannot be asked for it: MosDNS cannot read line 10001 of its answer: \"geosite:cn\" is of no known kind", await Refused(server), StringComparison.Ordinal);
        Assert.Equal("domain:a.example\r\n# theirs\n\nregexp:^b$"u8.ToArray(), Content);
        answer = "domain:a.example\nregexp:(b";
        Assert.Contains("line 2", await Refused(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_is_checked_anew_when_something_else_reads_it()
    {
        List<string> warnings = [];
        using var server = new WebServer(_ => WebServer.Ok("geosite:cn\n"));
        await Fetch(server);
        var source = new FileSource(Files, FetchLimits.File, RuleFileCheck.Problem, () => null, _clock);
        Assert.NotNull(source.Load(new(Name, ""), Assert.Fail));
        Assert.Null(source.Load(new(Name, "", RuleReading.Names), warnings.Add));
        Assert.StartsWith("geo/cn.txt, which is kept, is not used, as what reads it now would end: MosDNS cannot read line 1", Assert.Single(warnings), StringComparison.Ordinal);

        _reading = RuleReading.None;
        using var better = new WebServer(_ => WebServer.Ok("192.0.2.0/24\n"));
        await Fetch(better);
        Assert.Equal(RuleReading.Addresses, ((KeptFile)source.Load(new(Name, "", RuleReading.Addresses), Assert.Fail)!).Reading);
        // It is noted: the next agent reads nothing.
        Assert.Equal(RuleReading.Addresses, Kept!.Reading);
    }

    [Fact]
    public async Task A_line_that_is_too_long_for_MosDNS_is_refused_and_the_longest_that_it_can_read_is_not()
    {
        var length = (64 << 10) - 1;
        using var server = new WebServer(_ => WebServer.Ok("domain:a\n" + new string('x', length)));
        await Fetch(server);
        length++;
        Assert.Contains("a line that is longer than MosDNS can read", await Refused(server), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Another_status_is_named_and_the_one_before_stays(int status)
    {
        var isWell = true;
        using var server = new WebServer(request => isWell ? Answer(request, Body) : WebServer.Status(status));
        await Fetch(server);
        isWell = false;
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"it answers with status {status}"), await Refused(server), StringComparison.Ordinal);
        Assert.Equal(Body, Content);
    }

    [Fact]
    public async Task The_content_before_stays_for_who_reads_it_until_the_one_after_the_next()
    {
        var number = 0;
        using var server = new WebServer(_ => WebServer.Ok($"domain:{number}\n"));
        var kept = new List<KeptFile>();
        for (; number < 3; number++)
            kept.Add((KeptFile)(await Fetch(server)).Copy);
        Assert.Equal([false, true, true], kept.Select(file => File.Exists(file.Path)));
        Assert.Equal(kept[2], Kept);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_no_fault_of_the_server()
    {
        File.WriteAllText(_path, "a file");
        try
        {
            using var server = new WebServer(request => Answer(request, Body));
            var message = (await Assert.ThrowsAsync<FetchException>(() => new FileSource(Files, FetchLimits.File, RuleFileCheck.Problem, () => null, _clock)
                .FetchAsync(new(Name, $"http://127.0.0.1:{server.Port}/"), null, new Transfers(_triggers, _clock).Begin("", ""), Cancellation))).Message;
            Assert.StartsWith("it cannot be kept", message, StringComparison.Ordinal);
            Assert.Contains(_path, message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_path);
        }
    }

    [Fact]
    public async Task Where_the_users_of_programs_cannot_get_nothing_is_put_and_it_is_said()
    {
        var above = Directory.CreateDirectory(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        using var server = new WebServer(request => Answer(request, Body));
        var source = new FileSource(new KeptFiles(Path.Join(above, "rules"), "boot"), FetchLimits.File, RuleFileCheck.Problem, () => null, _clock);
        using var transfer = new Transfers(_triggers, _clock).Begin("", "");
        var refused = await Assert.ThrowsAsync<FetchException>(() => source.FetchAsync(new(Name, $"http://127.0.0.1:{server.Port}/"), null, transfer, Cancellation));
        Assert.Equal($"programs cannot get to what is kept in {above}/rules: chmod o+x {above}", refused.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task What_is_wanted_no_more_is_kept_for_a_while_and_then_deleted()
    {
        using var server = new WebServer(request => Answer(request, Body));
        await Fetch(server);
        Files.Sweep([], DateTimeOffset.UtcNow.AddHours(-1));
        Assert.Equal(Body, Content);
        Files.Sweep([Name], DateTimeOffset.UtcNow.AddHours(1));
        Assert.Equal(Body, Content);
        Files.Sweep([], DateTimeOffset.UtcNow.AddHours(1));
        Assert.Empty(Endings);
    }

    [Theory]
    [InlineData("GeoSite.dat", "\nxxxx", null)]
    [InlineData("GeoSite.dat", "<html>", "its answer is no list of geographical data")]
    [InlineData("geoip.metadb", "<html>", "its answer is no database of geographical data")]
    [InlineData("geoip.metadb", "", "its answer is empty")]
    public void Geographical_data_are_told_from_a_web_page(string name, string body, string? problem) =>
        Assert.Equal(problem, GeodataCheck.Problem(new(name, ""), new MemoryStream(Encoding.UTF8.GetBytes(body))));

    [Theory]
    [InlineData(0, 100, true)]
    [InlineData(1_000_000, 100_000, true)]
    [InlineData(1_000_000, 140_000, false)]
    public void A_database_is_known_by_the_mark_near_its_end(int before, int after, bool isOne)
    {
        byte[] database = [.. new byte[before], 0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8, .. new byte[after]];
        Assert.Equal(isOne, GeodataCheck.Problem(new("ASN.mmdb", ""), new MemoryStream(database)) is null);
    }

    [Fact]
    public void A_damaged_head_is_said_and_not_used()
    {
        Directory.CreateDirectory(_path);
        File.WriteAllText(Path.Join(_path, $"{DownloadFolder.Mark(Name)}.json"), "{");
        var warnings = new List<string>();
        Assert.Null(Files.Load(Name, warnings.Add));
        Assert.EndsWith("cannot be read, and is not used: what it is of is fetched again", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_proxy_is_asked_first_and_the_server_where_the_proxy_or_what_is_behind_it_fails()
    {
        var status = 200;
        using var proxy = new WebServer(request => status == 200 ? Answer(request, Body) : WebServer.Status(status));
        _proxy = new EveryProxy(new Uri($"http://127.0.0.1:{proxy.Port}"));
        using var server = new WebServer(request => Answer(request, Body));

        Assert.Equal("through the proxy", (await Fetch(server)).Way);
        Assert.StartsWith($"GET http://127.0.0.1:{server.Port}/cn.txt HTTP/1.1\r\n", Assert.Single(proxy.Requests), StringComparison.Ordinal);
        Assert.Empty(server.Requests);

        status = 502;
        Assert.Equal("directly", (await Fetch(server)).Way);
        Assert.Single(server.Requests);

        // That is the server's own word: it would not say another one directly.
        status = 404;
        Assert.EndsWith("it answers with status 404", await Refused(server), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Where_neither_way_works_both_reasons_are_told()
    {
        using var proxy = new WebServer(_ => WebServer.Status(502));
        _proxy = new EveryProxy(new Uri($"http://127.0.0.1:{proxy.Port}"));
        using var server = new WebServer(_ => WebServer.Status(404));
        Assert.Equal(
            "127.0.0.1 cannot be asked for it: it answers with status 404 (and through the proxy: 127.0.0.1 cannot be asked for it: it answers with status 502)",
            await Refused(server));
    }

    /// <summary>As <see cref="FixedProxy"/>, also for this machine, where the tests' servers are.</summary>
    private sealed class EveryProxy(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}
