using System.Net;
using System.Net.Sockets;

namespace Meduza.Init.Tests.Agent.Store;

/// <summary>
/// A way to a server on which every piece of data takes its time, in both directions; and on which what is sent can be held
/// up, to arrive when its sender has long been gone.
/// </summary>
internal sealed class DelayedWay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly TimeSpan _delay;
    private readonly Task _accepting;
    private TaskCompletionSource _open = Opened();

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

    /// <summary>From now on nothing arrives at the server.</summary>
    public void Hold() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held arrives, piece by piece.</summary>
    public void Release() => _open.SetResult();

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
                var there = PassAsync(near.GetStream(), far.GetStream(), canBeHeld: true);
                await Task.WhenAny(there, PassAsync(far.GetStream(), near.GetStream(), canBeHeld: false));
                if (!_open.Task.IsCompleted)
                    await there;
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Its end is the end of both.
            }
        }
    }

    // What is read later is not held up by what was read before: each piece has its own delay, and they keep their order.
    private async Task PassAsync(NetworkStream from, NetworkStream to, bool canBeHeld)
    {
        var written = Task.CompletedTask;
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var length)
            written = WriteAsync(written, canBeHeld ? _open.Task : Task.CompletedTask, Task.Delay(_delay, _stop.Token), to, buffer[..length]);
        await written;
    }

    private async Task WriteAsync(Task before, Task open, Task delay, NetworkStream to, byte[] piece)
    {
        await before;
        await delay;
        var wasHeld = !open.IsCompleted;
        await open.WaitAsync(_stop.Token);
        await to.WriteAsync(piece, _stop.Token);
        // Each is acted on before the next one comes, which may be the word that it is not wanted any more.
        if (wasHeld)
            await Task.Delay(100, _stop.Token);
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
