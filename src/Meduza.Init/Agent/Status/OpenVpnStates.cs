using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Meduza.Linux;
using Meduza.Linux.Files;
using Meduza.Linux.Sockets;

namespace Meduza.Init.Agent.Status;

/// <summary>Where an instance is listened to.</summary>
/// <param name="Path">Of the management socket.</param>
/// <param name="Pid">The process; 0 for none.</param>
internal sealed record OpenVpnProcess(string Path, int Pid);

/// <summary>
/// What each OpenVPN instance says of itself on its management socket, as it says it: nothing is polled. One connection
/// an instance, open as long as the instance runs; while a process has none yet, it is tried when the socket appears, and at
/// growing distances, as a socket that is there may not be listened at yet.
/// </summary>
/// <param name="folders">Tells when a socket appears (<see cref="Appeared"/>); null where nobody does.</param>
/// <remarks>Source: OpenVPN's <c>doc/management-notes.txt</c>, command <c>state</c>.</remarks>
internal sealed class OpenVpnStates(FolderWatch? folders, Triggers triggers, TimeProvider clock) : IAsyncDisposable
{
    public const string Up = "up";
    public const string Connecting = "connecting";
    public const string Down = "down";

    private static readonly TimeSpan SlowestLook = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Instance> _instances = new(StringComparer.Ordinal);

    /// <summary>From a look at a socket that nobody listens at to the next; twice as long after that.</summary>
    public TimeSpan FirstLook { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>State of an instance, since when, and the process that said so (0 for none); <c>down</c> for one that was never heard.</summary>
    public (string State, DateTimeOffset Since, int Pid) this[string name] =>
        _instances.TryGetValue(name, out var instance) ? instance.State : (Down, DateTimeOffset.UnixEpoch, 0);

    /// <summary>Follows these instances, by name, and no others.</summary>
    public async Task FollowAsync(IReadOnlyDictionary<string, OpenVpnProcess> wanted)
    {
        foreach (var (name, instance) in _instances)
        {
            if (wanted.TryGetValue(name, out var there) && there.Path == instance.Path)
                continue;
            if (_instances.TryRemove(name, out _))
                await instance.DisposeAsync();
        }
        foreach (var (name, (path, pid)) in wanted)
        {
            if (_instances.GetOrAdd(name, _ => new(path, FirstLook, triggers, clock)).LookAt(pid))
                Watch(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Something was done in a folder: one whose socket that is may be listened to.</summary>
    public void Appeared(FolderEvent happened)
    {
        foreach (var (_, instance) in _instances)
        {
            if (Path.GetFileName(instance.Path) == happened.Name && Path.GetDirectoryName(instance.Path) == happened.Folder)
                instance.Poke();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances.Values)
            await instance.DisposeAsync();
    }

    private void Watch(string folder)
    {
        try
        {
            folders?.Add(folder);
        }
        catch (LinuxException)
        {
            // The kernel watches no more of them: then it is looked for at growing distances only.
        }
    }

    private sealed class Instance : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly SemaphoreSlim _poke = new(0, 1);
        private readonly Triggers _triggers;
        private readonly TimeProvider _clock;
        private readonly TimeSpan _firstLook;
        private readonly Task _following;
        private readonly Lock _lock = new();
        private (string State, DateTimeOffset Since, int Pid) _state;
        private volatile int _process;

        public Instance(string path, TimeSpan firstLook, Triggers triggers, TimeProvider clock)
        {
            Path = path;
            _firstLook = firstLook;
            _triggers = triggers;
            _clock = clock;
            _state = (Down, clock.GetUtcNow(), 0);
            _following = FollowAsync();
        }

        public string Path { get; }

        public (string State, DateTimeOffset Since, int Pid) State
        {
            get
            {
                lock (_lock)
                    return _state;
            }
        }

        /// <summary>This process is there to be listened to; 0 for none.</summary>
        /// <returns>True for another one than before.</returns>
        public bool LookAt(int process)
        {
            if (process == _process)
                return false;
            _process = process;
            Poke();
            return process != 0;
        }

        /// <summary>There is a reason to look now. For any thread, also while it is not followed any more.</summary>
        public void Poke()
        {
            lock (_lock)
            {
                if (!_stop.IsCancellationRequested && _poke.CurrentCount == 0)
                    _poke.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _following;
            lock (_lock)
            {
                _stop.Dispose();
                _poke.Dispose();
            }
        }

        private async Task FollowAsync()
        {
            try
            {
                for (var wait = _firstLook; ;)
                {
                    var isPoked = await _poke.WaitAsync(_process == 0 ? Timeout.InfiniteTimeSpan : wait, _stop.Token);
                    var wasThere = _process != 0 && await ListenAsync();
                    Set(Down, 0);
                    wait = isPoked || wasThere ? _firstLook : wait * 2 < SlowestLook ? wait * 2 : SlowestLook;
                }
            }
            catch (OperationCanceledException)
            {
                // Not followed any more.
            }
        }

        /// <returns>True when there was a connection, which has ended.</returns>
        private async Task<bool> ListenAsync()
        {
            var isConnected = false;
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), _stop.Token);
                isConnected = true;
                var pid = StreamSockets.PeerProcess(socket);
                using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
                await socket.SendAsync("state on\nstate\n"u8.ToArray(), _stop.Token);
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    if (OpenVpnStateLine.Parse(line) is { } state)
                        Set(state, pid);
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // It is not there yet, or went away.
            }
            return isConnected;
        }

        private void Set(string state, int pid)
        {
            lock (_lock)
            {
                if (_state.State == state && _state.Pid == pid)
                    return;
                _state = (state, _state.State == state ? _state.Since : _clock.GetUtcNow(), pid);
            }
            _triggers.Raise(Trigger.Report);
        }
    }
}
