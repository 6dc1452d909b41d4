using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meduza.Init.Tests;

/// <summary>A server of HTTP/1.1 on this machine that answers each request with the very bytes that the test wants, and closes.</summary>
internal sealed class WebServer : IDisposable
{
    private readonly Socket _listener;
    private readonly Func<string, Stream, Task> _serve;

    /// <param name="answer">A request's head in, the answer out; null never answers.</param>
    public WebServer(Func<string, byte[]?> answer)
        : this(async (head, stream) =>
        {
            if (answer(head) is { } bytes)
                await stream.WriteAsync(bytes);
            else
                _ = await stream.ReadAsync(new byte[1]);
        })
    {
    }

    /// <param name="serve">A request's head in; the answer goes to the stream.</param>
    public WebServer(Func<string, Stream, Task> serve)
        : this(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, 0), serve)
    {
    }

    /// <param name="socket">That listens; whose network it is in is nobody's business here.</param>
    /// <param name="address">Where.</param>
    /// <param name="serve">A request's head in; the answer goes to the stream.</param>
    public WebServer(Socket socket, IPEndPoint address, Func<string, Stream, Task> serve)
    {
        (_listener, _serve) = (socket, serve);
        _listener.Bind(address);
        _listener.Listen();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>The heads of the requests, in their order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static byte[] Ok(string body) => Ok(Encoding.UTF8.GetBytes(body));

    public static byte[] Ok(byte[] body, string headers = "") =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{headers}Connection: close\r\n\r\n")), .. body];

    public static byte[] Status(int status, string headers = "") =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Because\r\nContent-Length: 0\r\n{headers}Connection: close\r\n\r\n"));

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket peer;
            try
            {
                peer = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = ServeAsync(peer);
        }
    }

    private async Task ServeAsync(Socket peer)
    {
        await using (var stream = new NetworkStream(peer, ownsSocket: true))
        {
            var head = new StringBuilder();
            var chunk = new byte[4096];
            try
            {
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var length = await stream.ReadAsync(chunk);
                    if (length == 0)
                        return;
                    head.Append(Encoding.Latin1.GetString(chunk, 0, length));
                }
                Requests.Enqueue(head.ToString());
                await _serve(head.ToString(), stream);
            }
            catch (IOException)
            {
                // Whoever asked has had enough.
            }
        }
    }
}
