using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Meduza.Vm.Guest;

/// <summary>PID 1's control socket, spoken to as a stranger would who has read docs/design/control.md.</summary>
internal sealed class ControlPeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public ControlPeer() => _socket.Connect(new UnixDomainSocketEndPoint("/run/meduza/control.sock"));

    /// <summary>Has PID 1 run a shell script as a service.</summary>
    /// <param name="after">The service that it starts after; null for none.</param>
    public void Define(string name, string script, string? after = null, int stopTimeout = 10_000)
    {
        var waits = after is null ? "" : Text(after);
        Ask($$"""
            {"verb": "define", "definition": {
                "name": {{Text(name)}}, "component": {{Text(name)}}, "command": ["/bin/sh", "-c", {{Text(script)}}],
                "after": [{{waits}}], "stop_timeout_milliseconds": {{stopTimeout}} } }
            """);
    }

    /// <summary>Stops a service; returns when its process is gone.</summary>
    public void Stop(string name) => Ask($$"""{"verb": "stop", "services": [{{Text(name)}}], "timeout_milliseconds": 300000}""");

    public void Dispose() => _socket.Dispose();

    private void Ask(string request)
    {
        var bytes = Encoding.UTF8.GetBytes(request);
        _socket.Send(BitConverter.GetBytes(bytes.Length));
        _socket.Send(bytes);
        using var reply = JsonDocument.Parse(Take(BitConverter.ToInt32(Take(4))));
        Require.That(!reply.RootElement.TryGetProperty("error", out var error) || error.ValueKind == JsonValueKind.Null, reply.RootElement.GetRawText());
    }

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

    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
