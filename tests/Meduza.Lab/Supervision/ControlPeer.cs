using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Meduza.Lab.Supervision;

/// <summary>PID 1's control socket, spoken to as a stranger would who has read docs/design/control.md: by field names alone.</summary>
internal sealed class ControlPeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public ControlPeer(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _socket.ReceiveTimeout = 60_000;
    }

    /// <returns>Null while there is no socket, or nobody listens at it yet.</returns>
    public static ControlPeer? TryConnect(string path)
    {
        try
        {
            return new(path);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Sends a request and gives the next frame.</summary>
    public JsonObject Ask(JsonObject request)
    {
        Send(request);
        return Receive();
    }

    public void Send(JsonObject request)
    {
        var json = System.Text.Encoding.UTF8.GetBytes(request.ToJsonString());
        _socket.Send(BitConverter.GetBytes(json.Length));
        _socket.Send(json);
    }

    public JsonObject Receive() => JsonNode.Parse(Take(BitConverter.ToInt32(Take(4))))!.AsObject();

    public void Dispose() => _socket.Dispose();

    private byte[] Take(int count)
    {
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            var length = _socket.Receive(bytes.AsSpan(done), SocketFlags.None);
            done += length > 0 ? length : throw new EndOfStreamException("PID 1 closed the control socket");
        }
        return bytes;
    }
}
