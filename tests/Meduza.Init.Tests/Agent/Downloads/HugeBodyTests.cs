using System.Text;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Downloads;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>A server that sends a gigabyte. Memory is looked at, so nothing runs beside it.</summary>
[Collection(Alone.Name)]
public sealed class HugeBodyTests : IDisposable
{
    private const long Gigabyte = 1 << 30;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-test-{Guid.NewGuid():N}");
    private readonly Triggers _triggers = new();
    private long _sent;
    private long _most;

    public void Dispose()
    {
        _triggers.Dispose();
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    private async Task<string> Refused(bool isHonest)
    {
        using var server = new WebServer(async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{(isHonest ? $"Content-Length: {Gigabyte}\r\n" : "")}Connection: close\r\n\r\n"));
            for (var chunk = new byte[1 << 20].Select(_ => (byte)'x').ToArray(); _sent < Gigabyte; _sent += chunk.Length)
            {
                await stream.WriteAsync(chunk);
                _most = Math.Max(_most, GC.GetTotalMemory(forceFullCollection: false));
            }
        });
        var files = new KeptFiles(_path, "boot");
        var source = new FileSource(files, FetchLimits.File, RuleFileCheck.Problem, () => null, TimeProvider.System);
        using var transfer = new Transfers(_triggers, TimeProvider.System).Begin("rule_file", "a");
        var refused = await Assert.ThrowsAsync<FetchException>(
            () => source.FetchAsync(new("a", $"http://127.0.0.1:{server.Port}/"), null, transfer, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.EnumerateFiles(_path));
        return refused.Message;
    }

    [Fact]
    public async Task It_is_not_even_read_where_the_server_says_how_long_it_is()
    {
        Assert.EndsWith("its answer is longer than 64 MiB", await Refused(isHonest: true), StringComparison.Ordinal);
        Assert.InRange(_sent, 0, 16 << 20);
    }

    [Fact]
    public async Task It_is_given_up_at_the_limit_is_never_in_memory_and_leaves_nothing_behind()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.EndsWith("its answer is longer than 64 MiB", await Refused(isHonest: false), StringComparison.Ordinal);
        Assert.InRange(_sent, 60 << 20, 100 << 20);
        // A third of the limit, in which all that is allocated for reading has room.
        Assert.InRange(_most - before, long.MinValue, 20 << 20);
    }
}
