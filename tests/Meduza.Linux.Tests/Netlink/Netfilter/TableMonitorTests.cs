using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>Against the kernel, in a network namespace of each test's own. Waits are for events; the limit only ends a failure.</summary>
[Trait("Emulated", "no")] // QEMU's user mode has no netlink of netfilter
public sealed class TableMonitorTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly NetworkNamespace _network = new();
    private readonly TableMonitor _monitor;

    public TableMonitorTests() => _monitor = _network.Run(TableMonitor.Open);

    public void Dispose()
    {
        _monitor.Dispose();
        _network.Dispose();
    }

    [Theory]
    [InlineData("iptables -t mangle -F PREROUTING")]
    [InlineData("iptables -t mangle -A PREROUTING -j RETURN")]
    [InlineData("nft delete table ip mangle")]
    [InlineData("nft flush ruleset")]
    public async Task What_others_do_is_told_with_the_table(string command)
    {
        _network.Tool("iptables -t mangle -A PREROUTING -j ACCEPT");
        _network.Tool(command);
        _network.Tool("nft add table ip6 last");
        var changes = await ReadUntil(change => change.Table == "last");
        Assert.Contains(new TableChange(Ipv4, "mangle", Missed: false), changes);
        Assert.Equal(Ipv6, changes[^1].Family);
    }

    private async Task<List<TableChange>> ReadUntil(Predicate<TableChange> last)
    {
        using var limit = new CancellationTokenSource(Limit);
        var read = new List<TableChange>();
        await foreach (var change in _monitor.ReadAllAsync(limit.Token))
        {
            read.Add(change);
            if (last(change))
                break;
        }
        return read;
    }
}
