using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>The port for health probes, as a load balancer sees it.</summary>
public sealed class HealthPortTests : IDisposable
{
    private const string Node = "/nodes/gw/";

    private readonly SoloGateway _solo = SoloGateway.Start();

    public void Dispose() => _solo.Dispose();

    private bool IsAccepted(int port) => Greeter.Ask(_solo.Lab.Core, _solo.Gateway.Underlay, port) is not null;

    private void Until(int port, bool accepted) =>
        _solo.Init.WaitUntil(() => IsAccepted(port) == accepted, $"port {port} {(accepted ? "accepts" : "refuses")}", TimeSpan.FromSeconds(60));

    [Fact]
    public void It_accepts_only_while_the_last_commit_is_applied_and_all_that_is_enabled_is_up()
    {
        Assert.False(IsAccepted(8080));
        Assert.Equal(["healthy"], _solo.Apply("probes", (Node + "healthy/enable", "true"), (Node + "healthy/port", "8080")).Changed);
        Until(8080, accepted: true);
        Assert.Contains("probes  port 8080  open", _solo.Init.Meduza("status").Output, StringComparison.Ordinal);

        // Killed, and it cannot come back.
        _solo.Init.Run("mv", "/usr/sbin/dnsmasq", "/usr/sbin/dnsmasq.away");
        _solo.Gateway.Signal("dnsmasq", 9);
        Until(8080, accepted: false);
        Assert.Contains("probes  port 8080  closed", _solo.Init.Meduza("status").Output, StringComparison.Ordinal);
        _solo.Init.Run("mv", "/usr/sbin/dnsmasq.away", "/usr/sbin/dnsmasq");
        Until(8080, accepted: true);

        Assert.Equal("rejected", _solo.Commit("bad", (Node + "tinc/port", "many")).Result);
        Until(8080, accepted: false);
        _solo.Apply("good", (Node + "tinc/port", "655"));
        Until(8080, accepted: true);

        Assert.Equal(["healthy"], _solo.Apply("another port", (Node + "healthy/port", "8081")).Changed);
        Until(8081, accepted: true);
        Assert.False(IsAccepted(8080));

        Assert.Equal(["healthy"], _solo.Apply("no probes", (Node + "healthy/enable", "false")).Changed);
        Until(8081, accepted: false);
        Assert.DoesNotContain("\nprobes", _solo.Init.Meduza("status").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Commit_of_the_same_keys_leaves_it_open_and_one_that_is_taken_is_told()
    {
        _solo.Apply("probes", (Node + "healthy/enable", "true"), (Node + "healthy/port", "8080"));
        Until(8080, accepted: true);
        var inode = Listener(8080);
        Assert.Empty(_solo.Apply("same").Changed);
        Assert.True(IsAccepted(8080));
        Assert.Equal(inode, Listener(8080));

        using var taken = new Greeter(_solo.Gateway.Network, 8081);
        _solo.Apply("taken", (Node + "healthy/port", "8081"));
        _solo.Init.WaitUntil(() => _solo.Init.Meduza("status").Output.Contains("TCP port 8081 cannot be opened", StringComparison.Ordinal), "it says so");
        Assert.Equal(3, _solo.Init.Meduza("status", "--quiet").ExitCode);
    }

    /// <summary>The socket that listens on a port, by its number in the kernel.</summary>
    private string Listener(int port) => _solo.Gateway.Network.Run("cat", "/proc/net/tcp6").Output.Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Single(words => words.Length > 9 && words[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && words[3] == "0A")[9];
}
