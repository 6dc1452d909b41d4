using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>What the kernel tells of changes to links, addresses, routes and rules in a network namespace (<c>ip monitor</c>).</summary>
public sealed class NetlinkMonitor : IDisposable
{
    private readonly NetworkNamespace _network;
    private readonly RunningCommand _monitor;

    public NetlinkMonitor(NetworkNamespace network)
    {
        _network = network ?? throw new ArgumentNullException(nameof(network));
        var inside = network.Command("ip", "monitor", "link", "address", "route", "rule");
        _monitor = Command.Start(inside[0], [.. inside.Skip(1)]);
        // It listens from when it first speaks: make it.
        Mark("198.51.100.1");
    }

    /// <summary>All that it said up to now, the marks of this class aside.</summary>
    public IReadOnlyList<string> Lines()
    {
        // What was sent to it before the mark was, it has said before the mark.
        Mark("198.51.100.2");
        return [.. _monitor.Lines.Where(l => !l.Contains("198.51.100.", StringComparison.Ordinal))];
    }

    public void Dispose() => _monitor.Dispose();

    private void Mark(string address)
    {
        var deadline = Environment.TickCount64 + 10_000;
        while (!_monitor.Lines.Any(l => l.Contains(address, StringComparison.Ordinal)))
        {
            if (Environment.TickCount64 > deadline)
                throw new LabException($"ip monitor does not speak\n{_monitor.Text}");
            _network.Ip($"route replace blackhole {address}/32", $"route del blackhole {address}/32");
            Thread.Sleep(20);
        }
    }
}
