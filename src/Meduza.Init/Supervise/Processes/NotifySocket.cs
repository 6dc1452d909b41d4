using Meduza.Init.Supervise.Continuation;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;
using Meduza.Linux.Sockets;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// The one socket to which services send what sd_notify(3) sends. It is made when the first service needs it. Who sent a
/// message is the kernel's word (SCM_CREDENTIALS), so that a process can speak for its own service only.
/// </summary>
/// <remarks>
/// Its address is abstract, and so reached by any user and from inside a chroot, but not from another network namespace.
/// It is random so that it is nobody else's: containers may share the namespace, and all have a PID 1.
/// </remarks>
internal sealed class NotifySocket(EventLoop loop, Action<string> say) : IDisposable
{
    /// <summary>The environment variable with the address.</summary>
    public const string Variable = "NOTIFY_SOCKET";

    /// <summary>A longer message is cut there.</summary>
    private const int LongestMessage = 4096;

    /// <summary>A turn takes no more than that: who floods the socket does not hold the loop.</summary>
    private const int MostPerTurn = 16;

    /// <summary>Between two complaints: a flood of strangers is no flood of the log.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private string _name = "";
    private readonly List<Speaker> _speakers = [];
    private CredentialedSocket? _socket;
    private Watch? _watch;
    private TimeSpan _quietUntil;

    /// <summary>The value of <see cref="Variable"/>; from then on the socket is there.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public string Open()
    {
        if (_socket is null)
        {
            // Not by RandomNumberGenerator, which would load libcrypto into PID 1: it is unique, it need not be secret. And not
            // before somebody wants it: either needs /dev/urandom, and a machine's /dev is mounted by PID 1 itself.
            _name = $"meduza-notify-{Guid.NewGuid():N}";
            var socket = CredentialedSocket.BindAbstract(_name);
            try
            {
                _watch = loop.Watch(socket.Descriptor, Ready.Read, _ => Receive());
                _socket = socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        return "@" + _name;
    }

    /// <summary>Null while no service needed it.</summary>
    public KeptNotifySocket? Keep() => _socket is null ? null : new() { Name = _name, Descriptor = _socket.Descriptor.Number };

    /// <summary>Goes on with the socket of an earlier image: the processes know its address.</summary>
    /// <exception cref="LinuxException">It was not left open, and cannot be made again.</exception>
    public void Resume(KeptNotifySocket kept, InheritedDescriptors inherited)
    {
        _name = kept.Name;
        if (inherited.Take(kept.Descriptor) is not { } descriptor)
        {
            Open();
            return;
        }
        _socket = new(descriptor);
        _watch = loop.Watch(descriptor, Ready.Read, _ => Receive());
    }

    /// <summary>Hears a process, and those that are its service's, until what is returned is disposed of.</summary>
    public IDisposable Hear(string service, int pid, Action<Notice> noticed) => new Speaker(this, service, pid, noticed);

    public void Dispose()
    {
        _watch?.Dispose();
        _socket?.Dispose();
    }

    private void Receive()
    {
        Span<byte> buffer = stackalloc byte[LongestMessage];
        for (var i = 0; i < MostPerTurn && _socket!.TryReceive(buffer, out var length, out var pid); i++)
        {
            if (Find(pid) is { } speaker)
            {
                speaker.Noticed(Notice.Parse(buffer[..length]));
            }
            else if (loop.Timers.Now >= _quietUntil)
            {
                _quietUntil = loop.Timers.Now + Pause;
                say($"process {pid} belongs to no service that tells its readiness by {Variable}: what it sent is dropped");
            }
        }
    }

    private Speaker? Find(int pid) =>
        pid == 0 ? null : _speakers.Find(s => s.Pid == pid) ?? _speakers.Find(s => Strays.Belongs(pid, s.Service, s.Pid));

    private sealed class Speaker : IDisposable
    {
        private readonly NotifySocket _socket;

        public Speaker(NotifySocket socket, string service, int pid, Action<Notice> noticed)
        {
            (_socket, Service, Pid, Noticed) = (socket, service, pid, noticed);
            socket._speakers.Add(this);
        }

        public string Service { get; }
        public int Pid { get; }
        public Action<Notice> Noticed { get; }

        public void Dispose() => _socket._speakers.Remove(this);
    }
}
