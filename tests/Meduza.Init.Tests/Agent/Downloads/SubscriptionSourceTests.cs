using Meduza.Init.Agent.Downloads;
using Meduza.Linux.Process;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>Subscriptions that lie on this machine.</summary>
public sealed class SubscriptionSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-subscription-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_is_read_as_it_is()
    {
        var path = Path.Combine(_folder, "main.yaml");
        await File.WriteAllTextAsync(path, "proxies: []\n", TestContext.Current.CancellationToken);
        Assert.Equal("proxies: []\n"u8.ToArray(), (await SubscriptionSource.GetAsync("file://" + path, null, null, TestContext.Current.CancellationToken)).Content);
    }

    [Fact]
    public void What_is_no_file_or_too_long_is_refused_and_a_pipe_is_not_waited_for()
    {
        var pipe = Path.Combine(_folder, "pipe");
        Assert.Equal(0, Command.Run("mkfifo", [pipe], TimeSpan.FromMinutes(1)).ExitCode);
        var big = Path.Combine(_folder, "big");
        using (var file = File.Create(big))
            file.SetLength(FetchLimits.Subscription.Longest + 1);
        foreach (var (path, reason) in ((string, string)[])[(pipe, "is not a file"), (_folder, "is not a file"), ("/dev/zero", "is not a file"), (big, "is longer than 16 MiB"), ("/nowhere/x", "No such file")])
        {
            var refused = Assert.Throws<FetchException>(() => SubscriptionSource.Read(path));
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
            Assert.Contains(reason, refused.Message, StringComparison.OrdinalIgnoreCase);
        }
    }
}
