using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Sockets;

/// <summary>How far a connection is.</summary>
public enum ConnectState
{
    /// <summary>The other side accepts it.</summary>
    Connected,

    /// <summary>No answer yet.</summary>
    Pending,

    /// <summary>There is nobody, or nobody who has room.</summary>
    Failed,
}

/// <summary>Stream sockets that never block, for event loops; close-on-exec like everything.</summary>
public static unsafe class StreamSockets
{
    /// <summary>Listens on a unix socket that only its owner may connect to, in place of whatever file was there.</summary>
    /// <exception cref="LinuxException">It cannot be made there.</exception>
    public static Descriptor ListenUnix(string path, int backlog)
    {
        var address = StreamAddress.Unix(path);
        var listener = Open(address);
        try
        {
            fixed (byte* name = NativeText.Terminated(path))
            {
                if (unlink(name) != 0 && errno != ENOENT)
                    throw LinuxException.Last("unlink", path);
            }
            // The mode comes from the umask: a chmod afterwards would leave a moment in which others may connect.
            var mask = umask((mode_t)0x7f); // 0177
            var bound = BindTo(listener, address);
            var error = errno;
            umask(mask);
            if (!bound)
                throw new LinuxException("bind", path, error);
            return listen(listener.Number, backlog) == 0 ? listener : throw LinuxException.Last("listen", path);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Takes one connection that waits.</summary>
    /// <returns>Null when none waits, or the one that did is gone.</returns>
    /// <exception cref="LinuxException">No descriptor or memory is left; the connection goes on waiting.</exception>
    public static Descriptor? Accept(Descriptor listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        var accepted = accept4(listener.Number, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (accepted >= 0)
            return new Descriptor(accepted);
        var error = errno;
        return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS
            ? throw new LinuxException("accept", "", error)
            : null;
    }

    /// <summary>The user who connected (SO_PEERCRED, unix(7)).</summary>
    /// <exception cref="LinuxException">It is no unix socket.</exception>
    public static uint PeerUser(Descriptor connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        PeerCredentials credentials;
        socklen_t length = (uint)sizeof(PeerCredentials);
        return getsockopt(connection.Number, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0
            ? credentials.Uid
            : throw LinuxException.Last("getsockopt", "SO_PEERCRED");
    }

    /// <summary>The process at the other end, the one that listened where it was connected to (SO_PEERCRED, unix(7)).</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It is no unix socket.</exception>
    public static int PeerProcess(System.Net.Sockets.Socket connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        PeerCredentials credentials = default;
        connection.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, MemoryMarshal.AsBytes(new Span<PeerCredentials>(ref credentials)));
        return credentials.Pid;
    }

    /// <summary>Begins to connect.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="state">How far that is; when pending, ask <see cref="State"/> later.</param>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static Descriptor Connect(StreamAddress address, out ConnectState state)
    {
        ArgumentNullException.ThrowIfNull(address);
        var socket = Open(address);
        int result;
        fixed (byte* bytes = address.Bytes)
            result = connect(socket.Number, (sockaddr*)bytes, (uint)address.Bytes.Length);
        state = result == 0 ? ConnectState.Connected : errno == EINPROGRESS ? ConnectState.Pending : ConnectState.Failed;
        return socket;
    }

    /// <summary>How far a connection is that was begun.</summary>
    public static ConnectState State(Descriptor socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        pollfd ready = new() { fd = socket.Number, events = POLLOUT };
        if (poll(&ready, 1, 0) != 1)
            return ConnectState.Pending;
        int error;
        socklen_t length = sizeof(int);
        return getsockopt(socket.Number, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0
            ? ConnectState.Connected
            : ConnectState.Failed;
    }

    private static Descriptor Open(StreamAddress address) => Descriptor.FromCall(
        socket(address.Family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket", address.Text);

    private static bool BindTo(Descriptor socket, StreamAddress address)
    {
        fixed (byte* bytes = address.Bytes)
            return bind(socket.Number, (sockaddr*)bytes, (uint)address.Bytes.Length) == 0;
    }
}
