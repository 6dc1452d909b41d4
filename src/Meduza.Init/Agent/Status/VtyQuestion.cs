using System.Net.Sockets;

namespace Meduza.Init.Agent.Status;

/// <summary>Has an FRR daemon say something through the socket of its terminal, as <c>watchfrr</c> does: <c>echo PING</c> (FRR's <c>watchfrr/watchfrr.c</c>).</summary>
/// <param name="path">The socket.</param>
internal sealed class VtyQuestion(string path) : IQuestion
{
    private readonly byte[] _answer = new byte[64];

    public async Task<bool> AskAsync(CancellationToken limit)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            // Without the room for another connection the kernel would wait for it.
            socket.Blocking = false;
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send("echo PING\0"u8);
            return await socket.ReceiveAsync(_answer, limit) > 0;
        }
        catch (SocketException)
        {
            // Nobody is there, or it has left so many unanswered that no other fits.
            return false;
        }
    }

    public void Dispose()
    {
    }
}
