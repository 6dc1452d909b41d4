using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meduza.Init.Tests;
using Meduza.Lab.Harness;
using Meduza.Lab.Services;

namespace Meduza.Lab.Downloads;

/// <summary>Rule files of MosDNS, from a server on the underlay to the program that reads them.</summary>
public sealed partial class RuleFileTests : IDisposable
{
    private const string Node = "/nodes/gw/", Key = "/global/mosdns/rule_files", Server = "192.0.2.1";
    private const string Files = $$"""{"geo/cn.txt": "http://{{Server}}:8080/cn.txt", "ads.txt": "http://{{Server}}:8080/ads.txt"}""";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _data = Directory.CreateTempSubdirectory("meduza-data-").FullName;
    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;

    /// <summary>What the server has: path to body.</summary>
    private readonly ConcurrentDictionary<string, string> _bodies = new(StringComparer.Ordinal)
    {
        ["/cn.txt"] = "domain:cn.example\n",
        ["/ads.txt"] = "domain:ads.example\n",
    };

    public RuleFileTests()
    {
        _gateway = _lab.AddGateway("gw");
        _lab.Etcd.Put(("/global/mesh_type", "tinc"), (Node + "mosdns/enable", "true"), (Key, Files));
    }

    public void Dispose()
    {
        _lab.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    // Before the double there is one that says what it finds in the rule files: as the original it reads as its own user, and once.
    private void Start(params string[] environment) => ProxyDoubles.Start(_gateway, environment, """
        rm /usr/bin/mosdns
        printf '%s\n' '#!/bin/sh' 'echo read: $(cat /etc/mosdns/geo/cn.txt /etc/mosdns/ads.txt)' 'exec /usr/bin/meduza-doubles mosdns "$@"' > /usr/bin/mosdns
        chmod 755 /usr/bin/mosdns
        """);

    private WebServer Listen(int port, Func<string, Stream, Task> serve) =>
        _lab.Own(new WebServer(_lab.Core.Open(SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Parse(Server), port), serve));

    private async Task ServeAsync(string head, Stream stream)
    {
        var body = _bodies.First(body => head.Contains(body.Key, StringComparison.Ordinal)).Value;
        var tag = $"\"{body.GetHashCode(StringComparison.Ordinal):x}\"";
        await stream.WriteAsync(head.Contains($"If-None-Match: {tag}\r\n", StringComparison.Ordinal)
            ? WebServer.Status(304)
            : WebServer.Ok(Encoding.UTF8.GetBytes(body), $"ETag: {tag}\r\n"));
    }

    private string Read => _gateway.Init.Meduza("logs", "mosdns").Output;

    private void UntilRead(string content) => _gateway.Init.WaitUntil(() => Read.TrimEnd().EndsWith($"read: {content}".TrimEnd(), StringComparison.Ordinal), $"MosDNS has read '{content}'", Limit);

    private int Pid => (int)_gateway.UntilState("mosdns", "ready")["pid"]!;

    private (int Code, string Output, string Error) Refresh()
    {
        var result = _gateway.Init.Meduza("refresh");
        return (result.ExitCode, result.Output, result.Error);
    }

    [GeneratedRegex("read:")]
    private static partial Regex Reading();

    [Fact]
    public void MosDNS_starts_with_what_there_is_and_again_once_when_its_files_have_come_and_when_one_changes()
    {
        Start();
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
        UntilRead("");
        var first = Pid;
        _gateway.Init.WaitUntil(
            () => _gateway.Init.Meduza("status").Output.Contains("geo/cn.txt: 192.0.2.1 cannot be asked for it: it refuses connections; there is no earlier one", StringComparison.Ordinal),
            "the reason in status", Limit);

        // The server comes up: no other commit is needed.
        var server = Listen(8080, ServeAsync);
        UntilRead("domain:cn.example domain:ads.example");
        var second = Pid;
        Assert.NotEqual(first, second);
        Assert.Equal(2, Reading().Count(Read));

        // What is there is there for another agent, too: it has nothing to fetch, and nothing to restart.
        var asked = server.Requests.Count;
        _gateway.Signal("agent", 9);
        Assert.Empty(_lab.Commit("again", _gateway, "applied", Limit).Errors);
        Assert.Equal((second, asked), (Pid, server.Requests.Count));
        Assert.Equal((0, "rule files: 0 new, 2 not modified\n", ""), Refresh());

        _bodies["/cn.txt"] = "domain:new.example\n";
        Assert.Equal((0, "rule files: 1 new, 1 not modified\n", ""), Refresh());
        UntilRead("domain:new.example domain:ads.example");
        Assert.NotEqual(second, Pid);

        // A provider that has only a web page any more.
        _bodies["/cn.txt"] = "<!doctype html><title>Domain for sale</title>";
        var third = Pid;
        var refused = Refresh();
        Assert.Equal((1, ""), (refused.Code, refused.Output));
        Assert.Equal("meduza: rule file 'geo/cn.txt': 192.0.2.1 cannot be asked for it: its answer is a web page, and no list of rules; the one before stays in use, and it is fetched again\n", refused.Error);
        Assert.Equal("domain:new.example\n", _gateway.Init.Run("cat", "/etc/mosdns/geo/cn.txt").Output);
        Assert.Equal(third, Pid);
    }

    [Fact]
    public void A_list_that_MosDNS_cannot_read_ends_it_neither_from_a_server_nor_from_a_key()
    {
        _lab.Etcd.Put(("/global/mosdns/plugins", """
            - {tag: cn, type: domain_set, args: {files: [geo/cn.txt, ads.txt, etcd_local.txt]}}
            - {tag: main, type: sequence, args: [{matches: qname full:localhost, exec: "black_hole 127.0.0.1 ::1"}]}
            - {tag: udp, type: udp_server, args: {entry: main, listen: 127.0.0.1:1153}}
            """));
        _bodies["/ads.txt"] = "domain:ads.example\ngeosite:ads\n";
        Start();
        Listen(8080, ServeAsync);
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
        UntilRead("domain:cn.example");
        var pid = Pid;
        Assert.Contains("ads.txt: 192.0.2.1 cannot be asked for it: MosDNS cannot read line 2 of its answer: \"geosite:ads\" is of no known kind", _gateway.Init.Meduza("status").Output, StringComparison.Ordinal);

        _lab.Etcd.Put(("/global/mosdns/local", "domain:a.example\nregexp:(b\n"));
        var error = Assert.Single(_lab.Commit("second", _gateway, "rejected", Limit).Errors);
        Assert.Equal("/global/mosdns/local", error.Key);
        Assert.StartsWith("line 2: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(pid, Pid);
    }

    [Fact]
    public void What_was_fetched_is_there_at_the_next_boot_and_through_the_named_proxy_it_comes_where_the_server_cannot_be_reached()
    {
        // Programs get to it as their own users.
        File.SetUnixFileMode(_data, File.GetUnixFileMode(_data) | UnixFileMode.OtherExecute);
        _gateway.Data = _data;
        using (var proxy = Listen(3128, ServeAsync))
        {
            Start($"MOSDNS_HTTP_PROXY=http://{Server}:3128");
            Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
            UntilRead("domain:cn.example domain:ads.example");
            Assert.Contains(proxy.Requests, request => request.StartsWith($"GET http://{Server}:8080/cn.txt ", StringComparison.Ordinal));
            Assert.Contains("rule file 'geo/cn.txt': fetched through the proxy, 18 bytes that are new", _gateway.Init.Output, StringComparison.Ordinal);
        }

        Start();
        UntilRead("domain:cn.example domain:ads.example");
        Assert.Equal(1, Reading().Count(Read));
    }

    [Fact]
    public void What_is_on_its_way_is_shown_with_how_far_it_is_and_goes_on_where_it_was_cut_off()
    {
        const string List = "domain:0123456789\n";
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(List, 10_000)));
        var half = body.Length / 2;
        using var go = new SemaphoreSlim(0);
        var server = Listen(8080, async (head, stream) =>
        {
            if (head.Contains("Range: bytes=", StringComparison.Ordinal))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {half}-{body.Length - 1}/{body.Length}\r\nContent-Length: {body.Length - half}\r\nConnection: close\r\n\r\n"));
                await stream.WriteAsync(body.AsMemory(half));
                return;
            }
            await stream.WriteAsync(WebServer.Ok(body, "ETag: \"1\"\r\n").AsMemory(..^(body.Length - half)));
            await go.WaitAsync();
        });
        _lab.Etcd.Put((Key, $$"""{"geo/cn.txt": "http://{{Server}}:8080/cn.txt"}"""));
        Start();
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);

        var row = _gateway.Init.WaitFor(
            () => JsonNode.Parse(_gateway.Init.Meduza("status", "--json").Output)?["downloads"] is JsonArray { Count: 1 } rows && (long)rows[0]!["bytes"]! == half ? rows[0] : null,
            "half of it in status", Limit);
        Assert.Equal(("rule_file", "geo/cn.txt", body.Length, 50), ((string)row["kind"]!, (string)row["name"]!, (long)row["total"]!, (long)row["percent"]!));
        Assert.Matches(@"DOWNLOAD +KIND +PROGRESS +DONE +BYTES +OF +RATE\ngeo/cn.txt +rule file +\[#{10}\.{10}\] +50 % +87.9 KiB +175.8 KiB +[0-9.]+ [KM]?i?B/s\n", _gateway.Init.Meduza("status").Output);

        go.Release();
        _gateway.Init.WaitUntil(() => _gateway.Init.Run("cat", "/etc/mosdns/geo/cn.txt").Output.Length == body.Length, "all of it", Limit);
        Assert.Contains("If-Range: \"1\"\r\n", server.Requests.Last(), StringComparison.Ordinal);
        Assert.Empty(JsonNode.Parse(_gateway.Init.Meduza("status", "--json").Output)!["downloads"]!.AsArray());
    }
}
