using System.Net.Sockets;
using System.Text;
using Meduza.Linux.Sockets;

namespace Meduza.Linux.WireGuard;

/// <summary>
/// Devices of <c>wireguard-go</c>, read and changed over the unix socket that it makes for each
/// (https://www.wireguard.com/xplatform/).
/// </summary>
public sealed class UserspaceWireGuard : IWireGuardControl
{
    /// <summary>Where wireguard-go makes its sockets.</summary>
    public const string DefaultFolder = "/var/run/wireguard";

    // It answers from memory: one that is silent for so long is not going to.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _folder;

    public UserspaceWireGuard(string folder = DefaultFolder) => _folder = folder;

    /// <summary>How many requests that change something were sent: 0 proves that nothing was touched.</summary>
    public int WriteCount { get; private set; }

    /// <summary>The socket of a device: while it is there, the program runs, or did.</summary>
    public string SocketOf(string name) => Path.Combine(_folder, name + ".sock");

    /// <inheritdoc/>
    public WireGuardDevice? Get(string name) => Ask(name, "get=1\n\n") is { } answer ? UserspaceText.ReadDevice(name, answer) : null;

    /// <inheritdoc/>
    public void Apply(string name, WireGuardChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.IsEmpty)
            return;
        WriteCount++;
        var answer = Ask(name, UserspaceText.WriteChange(change))
            ?? throw new LinuxException("connect", SocketOf(name), Tmds.Linux.LibC.ENODEV);
        if (UserspaceText.Error(answer) is var error && error != 0)
            throw new LinuxException("set", name, error);
    }

    /// <summary>The process that listens for a device (SO_PEERCRED, unix(7)); null where none does.</summary>
    public int? Listener(string name)
    {
        using var socket = Connect(name);
        return socket is null ? null : StreamSockets.PeerProcess(socket);
    }

    // The answer ends with an empty line. Null where nobody listens.
    private string? Ask(string name, string request)
    {
        using var socket = Connect(name);
        if (socket is null)
            return null;
        try
        {
            var bytes = Strict.GetBytes(request);
            for (var sent = 0; sent < bytes.Length;)
                sent += socket.Send(bytes.AsSpan(sent));
            return ReadAnswer(socket, name);
        }
        catch (SocketException e)
        {
            throw new LinuxException("recv", SocketOf(name), e.NativeErrorCode);
        }
    }

    // Null where nobody listens.
    private Socket? Connect(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            SendTimeout = (int)Limit.TotalMilliseconds,
            ReceiveTimeout = (int)Limit.TotalMilliseconds,
        };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(SocketOf(name)));
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable
            || !File.Exists(SocketOf(name)))
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string ReadAnswer(Socket socket, string name)
    {
        var buffer = new byte[16 << 10];
        var length = 0;
        while (!buffer.AsSpan(0, length).EndsWith("\n\n"u8))
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, 2 * length);
            var received = socket.Receive(buffer.AsSpan(length));
            if (received == 0)
                throw new LinuxException("recv", name, Tmds.Linux.LibC.ECONNRESET);
            length += received;
        }
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
