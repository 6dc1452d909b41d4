using System.Net;
using System.Net.Sockets;

namespace Meduza.Init.Tests.Agent.Store;

/// <summary>A way to a server on which every piece of data takes its time, in both directions.</summary>
internal sealed class DelayedWay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly TimeSpan _delay;
    private readonly Task _accepting;

    /// <param name="endpoint">Of the server, on loopback.</param>
    /// <param name="delay">From one end to the other.</param>
    public DelayedWay(Uri endpoint, TimeSpan delay)
    {
        (_port, _delay) = (endpoint.Port, delay);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The server's endpoint by this way.</summary>
    public string Endpoint => $"http://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> ways = [];
        try
        {
            while (true)
                ways.Add(ConnectAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(ways);
        }
    }

    private async Task ConnectAsync(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        using (near)
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream()), PassAsync(far.GetStream(), near.GetStream()));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Its end is the end of both.
            }
        }
    }

    // What is read later is not held up by what was read before: each piece has its own delay, and they keep their order.
    private async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        var written = Task.CompletedTask;
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var length)
            written = WriteAsync(written, Task.Delay(_delay, _stop.Token), to, buffer[..length]);
        await written;
    }

    private async Task WriteAsync(Task before, Task delay, NetworkStream to, byte[] piece)
    {
        await before;
        await delay;
        await to.WriteAsync(piece, _stop.Token);
    }
}
