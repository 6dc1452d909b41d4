using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meduza.Init.Tests;

/// <summary>A server of HTTP/1.1 on this machine that answers each request with the very bytes that the test wants, and closes.</summary>
internal sealed class WebServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, byte[]?> _answer;

    /// <param name="answer">A request's head in, the answer out; null never answers.</param>
    public WebServer(Func<string, byte[]?> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

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
            TcpClient peer;
            try
            {
                peer = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = ServeAsync(peer);
        }
    }

    private async Task ServeAsync(TcpClient peer)
    {
        using (peer)
        {
            var stream = peer.GetStream();
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
                if (_answer(head.ToString()) is { } answer)
                    await stream.WriteAsync(answer);
                else
                    _ = await stream.ReadAsync(chunk);
            }
            catch (IOException)
            {
                // Whoever asked has had enough.
            }
        }
    }
}
