using System.Runtime.InteropServices;
using System.Text;
using Meduza.Linux.Abi;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Sockets;

/// <summary>A unix datagram socket that learns from the kernel which process sent a message (SO_PASSCRED, unix(7)). It never blocks.</summary>
public sealed unsafe class CredentialedSocket : IDisposable
{
    private const int SO_PASSCRED = 16;
    private const int SCM_CREDENTIALS = 2;

    /// <summary>One that was bound before this program was executed.</summary>
    public CredentialedSocket(Descriptor descriptor) => Descriptor = descriptor;

    /// <summary>For an event loop.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>Binds one to an abstract address, which is no file and is gone with the socket.</summary>
    /// <exception cref="LinuxException">It is taken, or no descriptor is left.</exception>
    public static CredentialedSocket BindAbstract(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        // | family: u16 | zero | name, to the end |
        var address = new byte[3 + Encoding.UTF8.GetByteCount(name)];
        BitConverter.TryWriteBytes(address, (ushort)AF_UNIX);
        Encoding.UTF8.GetBytes(name, address.AsSpan(3));

        var socket = Descriptor.FromCall(Tmds.Linux.LibC.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket", name);
        try
        {
            var on = 1;
            if (setsockopt(socket.Number, SOL_SOCKET, SO_PASSCRED, &on, sizeof(int)) != 0)
                throw LinuxException.Last("setsockopt", "SO_PASSCRED");
            fixed (byte* bytes = address)
            {
                if (bind(socket.Number, (sockaddr*)bytes, (uint)address.Length) != 0)
                    throw LinuxException.Last("bind", "@" + name);
            }
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes one message that waits.</summary>
    /// <param name="buffer">A longer message is cut.</param>
    /// <param name="length">Of what was put there.</param>
    /// <param name="pid">The sender; 0 when it is of no process that this one can see.</param>
    /// <returns>False when none waits.</returns>
    public bool TryReceive(Span<byte> buffer, out int length, out int pid)
    {
        (length, pid) = (0, 0);
        fixed (byte* bytes = buffer)
        {
            // Room for the credentials and for nothing more: descriptors that somebody sends along are closed by the kernel.
            CredentialsMessage control = default;
            iovec part = new() { iov_base = bytes, iov_len = (size_t)buffer.Length };
            msghdr header = new() { msg_iov = &part, msg_iovlen = 1, msg_control = &control, msg_controllen = (uint)sizeof(CredentialsMessage) };
            var received = (long)recvmsg(Descriptor.Number, &header, 0);
            if (received < 0)
                return false;
            length = (int)received;
            if (control.Header.Level == SOL_SOCKET && control.Header.Type == SCM_CREDENTIALS)
                pid = control.Credentials.Pid;
            return true;
        }
    }

    public void Dispose() => Descriptor.Dispose();

    [CName("CMSG_SPACE(sizeof(struct ucred))")]
    private const int CredentialsSpace = 32;

    /// <summary>As cmsg(3) lays it out.</summary>
    [StructLayout(LayoutKind.Sequential, Size = CredentialsSpace)]
    private struct CredentialsMessage
    {
        public ControlHeader Header;
        public PeerCredentials Credentials;
    }

    [CStruct("struct cmsghdr", "sys/socket.h")]
    [StructLayout(LayoutKind.Sequential)]
    private struct ControlHeader
    {
        [CName("cmsg_len")] public nuint Length;
        [CName("cmsg_level")] public int Level;
        [CName("cmsg_type")] public int Type;
    }
}
