using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Metrics;

/// <summary>
/// Answers <c>GET /metrics</c>: one request a connection, with limits on its head, its time, and how many there are. Where
/// all places are taken the connection that is oldest loses its own: one that sends nothing keeps nobody out.
/// </summary>
/// <param name="page">Makes the exposition; called from any thread, at most once a second.</param>
internal sealed partial class MetricsServer(IPEndPoint endpoint, Func<string> page, Triggers triggers, TimeProvider clock, ILogger log)
{
    /// <summary>Connections at one time.</summary>
    internal const int Most = 16;

    /// <summary>Bytes of a request's head: readers of metrics send some hundred.</summary>
    internal const int LongestHead = 4 << 10;

    /// <summary>How long one may take, from when it is accepted to the last byte of the answer.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private byte[] _page = [];
    private long? _pageAt;

    /// <summary>Why it cannot listen; null where it does.</summary>
    public string? Problem { get; private set; }

    /// <summary>Listens until cancelled; where it cannot, the address being taken or not there yet, it tries again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            using var listener = Listen();
            if (listener is not null)
                await AcceptAsync(listener, cancellation);
            await Task.Delay(Again, clock, cancellation);
        }
    }

    private Socket? Listen()
    {
        Socket? listener = null;
        try
        {
            listener = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(endpoint);
            listener.Listen(Most);
            Tell(null);
            return listener;
        }
        catch (SocketException e)
        {
            listener?.Dispose();
            Tell($"metrics cannot be served at {endpoint} ({e.Message}): see who listens there (ss -ltnp), or set {MetricsListen.Variable} to another address");
            return null;
        }
    }

    private void Tell(string? problem)
    {
        if (problem == Problem)
            return;
        Problem = problem;
        if (problem is not null)
            LogProblem(problem);
        triggers.Raise(Trigger.Report);
    }

    private async Task AcceptAsync(Socket listener, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var peer = await listener.AcceptAsync(cancellation);
                Admit(peer);
                _ = ServeAsync(peer, cancellation);
            }
            catch (SocketException)
            {
                // No descriptor is left, or the peer went away before it was taken.
                await Task.Delay(Again, clock, cancellation);
            }
        }
    }

    private void Admit(Socket peer)
    {
        lock (_lock)
        {
            if (_open.Count == Most)
            {
                _open[0].Dispose();
                _open.RemoveAt(0);
            }
            _open.Add(peer);
        }
    }

    private async Task ServeAsync(Socket peer, CancellationToken cancellation)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Patience);
            var head = new byte[LongestHead];
            var length = 0;
            while (!RequestHead.IsWhole(head.AsSpan(0, length)))
            {
                if (length == head.Length)
                {
                    await SendAsync(peer, Answer(431, withoutBody: false), limit.Token);
                    return;
                }
                var count = await peer.ReceiveAsync(head.AsMemory(length), limit.Token);
                if (count == 0)
                    return;
                length += count;
            }
            var status = RequestHead.Judge(head.AsSpan(0, length), out var withoutBody);
            await SendAsync(peer, Answer(status, withoutBody), limit.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It went away, took too long, or lost its place.
        }
        finally
        {
            lock (_lock)
                _open.Remove(peer);
            peer.Dispose();
        }
    }

    private static async Task SendAsync(Socket peer, byte[] answer, CancellationToken cancellation)
    {
        for (var sent = 0; sent < answer.Length;)
            sent += await peer.SendAsync(answer.AsMemory(sent), cancellation);
        peer.Shutdown(SocketShutdown.Send);
    }

    private byte[] Answer(int status, bool withoutBody)
    {
        var (reason, extra, body) = status switch
        {
            200 => ("OK", "", Page()),
            404 => ("Not Found", "", "metrics are at /metrics\n"u8.ToArray()),
            405 => ("Method Not Allowed", "Allow: GET, HEAD\r\n", "only GET and HEAD are answered\n"u8.ToArray()),
            431 => ("Request Header Fields Too Large", "", "the head of the request is too long\n"u8.ToArray()),
            _ => ("Bad Request", "", "this is no request of HTTP/1.1\n"u8.ToArray()),
        };
        var type = status == 200 ? "text/plain; version=0.0.4; charset=utf-8" : "text/plain; charset=utf-8";
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {reason}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n{extra}Connection: close\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. withoutBody ? [] : body];
    }

    /// <summary>Made at most once a second, however many ask.</summary>
    private byte[] Page()
    {
        lock (_lock)
        {
            if (_pageAt is not { } at || clock.GetElapsedTime(at) >= Fresh)
                (_page, _pageAt) = (Encoding.UTF8.GetBytes(page()), clock.GetTimestamp());
            return _page;
        }
    }

    [LoggerMessage(500, LogLevel.Warning, "{Problem}")]
    private partial void LogProblem(string problem);
}
