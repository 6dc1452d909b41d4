using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// What each OpenVPN instance says of itself on its management socket, as it says it: nothing is polled. One connection
/// an instance, open as long as the instance runs.
/// </summary>
/// <remarks>Source: OpenVPN's <c>doc/management-notes.txt</c>, command <c>state</c>.</remarks>
internal sealed class OpenVpnStates(Triggers triggers, TimeProvider clock) : IAsyncDisposable
{
    public const string Up = "up";
    public const string Connecting = "connecting";
    public const string Down = "down";

    private readonly ConcurrentDictionary<string, Instance> _instances = new(StringComparer.Ordinal);

    /// <summary>State of an instance and since when; <c>down</c> for one that was never heard.</summary>
    public (string State, DateTimeOffset Since) this[string name] =>
        _instances.TryGetValue(name, out var instance) ? instance.State : (Down, DateTimeOffset.UnixEpoch);

    /// <summary>Follows these instances, by name and path of the management socket, and no others.</summary>
    public async Task FollowAsync(IReadOnlyDictionary<string, string> sockets)
    {
        foreach (var (name, instance) in _instances)
        {
            if (sockets.TryGetValue(name, out var path) && path == instance.Path)
                continue;
            if (_instances.TryRemove(name, out _))
                await instance.DisposeAsync();
        }
        foreach (var (name, path) in sockets)
            _instances.GetOrAdd(name, _ => new(path, triggers, clock));
    }

    /// <summary>An instance may have been started: look whether its socket is there now.</summary>
    public void Poke()
    {
        foreach (var instance in _instances.Values)
            instance.Poke();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances.Values)
            await instance.DisposeAsync();
    }

    private sealed class Instance : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly SemaphoreSlim _poke = new(1, 1);
        private readonly Triggers _triggers;
        private readonly TimeProvider _clock;
        private readonly Task _following;
        private readonly Lock _lock = new();
        private (string State, DateTimeOffset Since) _state;

        public Instance(string path, Triggers triggers, TimeProvider clock)
        {
            Path = path;
            _triggers = triggers;
            _clock = clock;
            _state = (Down, clock.GetUtcNow());
            _following = FollowAsync();
        }

        public string Path { get; }

        public (string State, DateTimeOffset Since) State
        {
            get
            {
                lock (_lock)
                    return _state;
            }
        }

        public void Poke()
        {
            lock (_lock)
            {
                if (_poke.CurrentCount == 0)
                    _poke.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _following;
            _stop.Dispose();
            _poke.Dispose();
        }

        private async Task FollowAsync()
        {
            try
            {
                while (true)
                {
                    await _poke.WaitAsync(_stop.Token);
                    await ListenAsync();
                    Set(Down);
                }
            }
            catch (OperationCanceledException)
            {
                // Not followed any more.
            }
        }

        private async Task ListenAsync()
        {
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), _stop.Token);
                Set(Connecting);
                using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
                await socket.SendAsync("state on\nstate\n"u8.ToArray(), _stop.Token);
                while (await reader.ReadLineAsync(_stop.Token) is { } line)
                {
                    if (OpenVpnStateLine.Parse(line) is { } state)
                        Set(state);
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // It is not there, or went away: it is down until the next poke.
            }
        }

        private void Set(string state)
        {
            lock (_lock)
            {
                if (_state.State == state)
                    return;
                _state = (state, _clock.GetUtcNow());
            }
            _triggers.Raise(Trigger.Report);
        }
    }
}
