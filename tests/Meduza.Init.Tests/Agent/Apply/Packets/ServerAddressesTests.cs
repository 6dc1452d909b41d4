using System.Net;
using System.Net.Sockets;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Apply.Packets;

namespace Meduza.Init.Tests.Agent.Apply.Packets;

public sealed class ServerAddressesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-servers-").FullName;
    private readonly Triggers _triggers = new();
    private readonly ManualClock _clock = new();
    private readonly Dictionary<string, Func<Task<IPAddress[]>>> _names = [];
    private readonly ServerAddresses _servers;

    public ServerAddressesTests() => _servers = new(_triggers, _clock, (host, _) => _names[host](), Assert.Fail);

    public void Dispose()
    {
        _servers.Dispose();
        _triggers.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task<IPAddress[]> Answer(params string[] addresses) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    private async Task<string> LookAsync(string[] hosts, params string[] files)
    {
        _servers.Want(new([.. hosts], [.. files]));
        await _servers.LookAsync(TestContext.Current.CancellationToken);
        return string.Join(' ', _servers.Current.Addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Addresses_are_taken_as_they_are_and_names_are_looked_up()
    {
        _names["a.example"] = () => Answer("203.0.113.1", "2001:db8::1");
        Assert.Equal("198.51.100.1 203.0.113.1", await LookAsync(["198.51.100.1", "2001:db8::9", "0.0.0.0", "a.example"]));
        Assert.True(_servers.Current.IsWhole);
        Assert.Equal(Trigger.Kernel, await _triggers.TakeAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
        Assert.Equal("", await LookAsync([]));
        // Of another one nothing is known until it has been looked up.
        _servers.Want(new(["a.example"], []));
        Assert.False(_servers.Current.IsWhole);
    }

    [Fact]
    public async Task A_name_that_nobody_answers_for_holds_up_no_other_and_what_was_known_stays()
    {
        _names["a.example"] = () => Answer("203.0.113.1");
        _names["b.example"] = () => throw new SocketException((int)SocketError.HostNotFound);
        Assert.Equal("203.0.113.1", await LookAsync(["a.example", "b.example"]));
        Assert.True(_servers.Current.IsWhole);

        _names["a.example"] = () => throw new SocketException((int)SocketError.TryAgain);
        _names["b.example"] = () => Answer("203.0.113.2");
        _clock.Advance(ServerAddresses.RetryInterval);
        Assert.Equal("203.0.113.1 203.0.113.2", await LookAsync(["a.example", "b.example"]));
        _clock.Advance(ServerAddresses.NameInterval);
        Assert.Equal("203.0.113.1 203.0.113.2", await LookAsync(["a.example", "b.example"]));
    }

    [Fact]
    public async Task A_name_that_moves_is_followed_and_where_it_was_stays_for_one_answer_more()
    {
        _names["a.example"] = () => Answer("203.0.113.1");
        await LookAsync(["a.example"]);
        _names["a.example"] = () => Answer("203.0.113.2");
        Assert.Equal("203.0.113.1", await LookAsync(["a.example"]));
        _clock.Advance(ServerAddresses.NameInterval);
        Assert.Equal("203.0.113.1 203.0.113.2", await LookAsync(["a.example"]));
        _clock.Advance(ServerAddresses.NameInterval);
        Assert.Equal("203.0.113.2", await LookAsync(["a.example"]));
    }

    [Fact]
    public async Task What_a_provider_gave_is_read_again_when_it_gives_something_else()
    {
        var file = Path.Combine(_folder, "more.yaml");
        Assert.Equal("", await LookAsync([], file));
        await File.WriteAllTextAsync(file, "proxies: [{name: a, type: ss, server: 203.0.113.1, port: 1}]", TestContext.Current.CancellationToken);
        Assert.Equal("203.0.113.1", await LookAsync([], file));
        await File.WriteAllTextAsync(file, "proxies: [{name: a, type: ss, server: 203.0.113.22, port: 1}]", TestContext.Current.CancellationToken);
        Assert.Equal("203.0.113.22", await LookAsync([], file));
        File.Delete(file);
        File.CreateSymbolicLink(file, "/etc/passwd");
        Assert.Equal("", await LookAsync([], file));
    }

    [Fact]
    public async Task What_a_provider_gives_is_looked_at_when_it_comes_though_its_folder_is_not_there_yet()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = _servers.RunAsync(end.Token);
        var file = Path.Combine(_folder, "proxies", "deep", "more.yaml");
        _servers.Want(new([], [file]));
        await UntilAsync(_servers, "");

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "proxies: [{name: a, type: ss, server: 203.0.113.1, port: 1}]", end.Token);
        await UntilAsync(_servers, "203.0.113.1");
        await File.WriteAllTextAsync(file, "proxies: [{name: a, type: ss, server: 203.0.113.22, port: 1}]", end.Token);
        await UntilAsync(_servers, "203.0.113.22");
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        await UntilAsync(_servers, "");

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var written = file + ".new";
        await File.WriteAllTextAsync(written, "proxies: [{name: a, type: ss, server: 203.0.113.3, port: 1}]", end.Token);
        File.Move(written, file);
        await UntilAsync(_servers, "203.0.113.3");

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>The clock of the test moves a little at a time, for the pause between two looks.</summary>
    private async Task UntilAsync(ServerAddresses servers, string addresses)
    {
        for (var tries = 0; !servers.Current.IsWhole || string.Join(' ', servers.Current.Addresses) != addresses; tries++)
        {
            Assert.True(tries < 6000, $"there are '{string.Join(' ', servers.Current.Addresses)}' and not '{addresses}'");
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
