using System.Collections.Immutable;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.WireGuard;
using Meduza.Init.Control;
using Meduza.Linux;
using Meduza.Linux.WireGuard;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// What WireGuard devices do. Nothing tells of a handshake, so they are read at an interval; that also is when names of
/// silent peers are looked up again.
/// </summary>
internal sealed class WireGuardStates(WireGuardApplier devices, TimeProvider clock, TimeSpan interval)
{
    /// <summary>A session is thrown away after 180 s without a new handshake (REJECT_AFTER_TIME).</summary>
    public static readonly TimeSpan UpFor = TimeSpan.FromSeconds(180);

    private readonly Dictionary<string, Known> _states = new(StringComparer.Ordinal);
    private long? _readAt;

    /// <summary>As last read.</summary>
    public ImmutableArray<WireGuardReport> Reports { get; private set; } = [];

    /// <summary>How long the last reading is good; infinite where there is nothing to read.</summary>
    public TimeSpan UntilRefresh => _readAt is { } at ? interval - clock.GetElapsedTime(at) : Timeout.InfiniteTimeSpan;

    /// <summary>Reads the devices, unless they were read just now.</summary>
    /// <param name="wanted">The devices that there should be.</param>
    public void Refresh(ImmutableArray<DesiredWireGuard> wanted)
    {
        var known = wanted.Select(device => device.Instance.Name.ToString()).SequenceEqual(Reports.Select(report => report.Name));
        if (known && _readAt is not null && UntilRefresh > TimeSpan.Zero)
            return;
        Reports = [.. wanted.Select(Read)];
        _readAt = wanted.IsEmpty ? null : clock.GetTimestamp();
        foreach (var gone in _states.Keys.Except(Reports.Select(report => report.Name)).ToList())
            _states.Remove(gone);
    }

    /// <summary><c>up</c> where a peer has shaken hands within 180 s, <c>connecting</c> where none has, <c>down</c> without a device.</summary>
    public static string StateOf(WireGuardDevice? device, DateTimeOffset now) => device switch
    {
        null => OpenVpnStates.Down,
        _ when device.Peers.Any(peer => peer.LastHandshake is { } last && now - last < UpFor) => OpenVpnStates.Up,
        _ => OpenVpnStates.Connecting,
    };

    private WireGuardReport Read(DesiredWireGuard wanted)
    {
        WireGuardDevice? device = null;
        try
        {
            device = devices.Read(wanted);
            if (device is not null)
                devices.Refresh(wanted, device);
        }
        catch (LinuxException)
        {
            // One that cannot be read is as good as none; applying says why.
        }
        var name = wanted.Instance.Name.ToString();
        var state = StateOf(device, clock.GetUtcNow());
        if (!_states.TryGetValue(name, out var known) || known.State != state)
            _states[name] = known = new(state, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var peers = device?.Peers.ToDictionary(peer => peer.PublicKey.ToString(), StringComparer.Ordinal) ?? [];
        return new WireGuardReport(name, wanted.Device, state, known.Since)
        {
            Peers = [.. wanted.Instance.Peers.Select(peer => Report(peer.Name.ToString(), peers.GetValueOrDefault(peer.PublicKey.ToString())))],
        };
    }

    private static WireGuardPeerReport Report(string name, WireGuardPeer? peer) => new(
        name, peer?.Endpoint?.ToString() ?? "", peer?.LastHandshake?.ToUnixTimeMilliseconds() ?? 0, peer?.ReceivedBytes ?? 0, peer?.SentBytes ?? 0);

    private sealed record Known(string State, long Since);
}
