using System.Net;
using System.Net.Sockets;
using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

[Collection(Alone.Name)] // a port that is free is not reserved
public sealed class HealthPortTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly HealthPort _port;

    public HealthPortTests() => _port = new(_clock) { Port = Free() };

    public void Dispose() => _port.Dispose();

    private static ushort Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (ushort)((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>True when a probe is accepted, and then closed without a word.</summary>
    private static async Task<bool> IsAcceptedAsync(ushort port, IPAddress? address = null)
    {
        using var probe = new Socket((address ?? IPAddress.Loopback).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(address ?? IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        Assert.Equal(0, await probe.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
        return true;
    }

    [Fact]
    public async Task It_accepts_and_closes_while_all_is_well_over_both_families_and_refuses_otherwise()
    {
        var port = _port.Port!.Value;
        Assert.False(await IsAcceptedAsync(port));
        _port.Show(isWell: true);
        for (var i = 0; i < 100; i++)
            Assert.True(await IsAcceptedAsync(port));
        Assert.True(await IsAcceptedAsync(port, IPAddress.IPv6Loopback));

        _port.Show(isWell: false);
        Assert.False(await IsAcceptedAsync(port));
        _port.Show(isWell: true);
        Assert.True(await IsAcceptedAsync(port));
    }

    [Fact]
    public async Task Another_port_closes_the_one_before()
    {
        var first = _port.Port!.Value;
        _port.Show(isWell: true);
        var second = Free();
        _port.Port = second;
        Assert.False(await IsAcceptedAsync(first));
        _port.Show(isWell: true);
        Assert.True(await IsAcceptedAsync(second));

        _port.Port = null;
        _port.Show(isWell: true);
        Assert.False(await IsAcceptedAsync(second));
        Assert.False(_port.IsOpen);
    }

    [Fact]
    public async Task One_that_is_taken_is_told_with_a_remedy_and_tried_again_and_no_sooner()
    {
        using (var other = new TcpListener(IPAddress.Any, _port.Port!.Value))
        {
            other.Start();
            _port.Show(isWell: true);
            Assert.StartsWith($"TCP port {_port.Port} cannot be opened: ", _port.Problem, StringComparison.Ordinal);
            Assert.Contains("healthy/port", _port.Problem, StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(5), _port.Wait);
        }
        _port.Show(isWell: true);
        Assert.False(_port.IsOpen);
        _clock.Advance(TimeSpan.FromSeconds(5));
        _port.Show(isWell: true);
        Assert.True(await IsAcceptedAsync(_port.Port.Value));
        Assert.Equal((null, Timeout.InfiniteTimeSpan), (_port.Problem, _port.Wait));
    }
}
