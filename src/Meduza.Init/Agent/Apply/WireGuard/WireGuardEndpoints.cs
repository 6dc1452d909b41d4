using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Meduza.Gateway.Model.WireGuard;
using Meduza.Linux.WireGuard;
using Observed = Meduza.Linux.WireGuard.WireGuardPeer;

namespace Meduza.Init.Agent.Apply.WireGuard;

/// <summary>
/// Where peers are to be sent to. Names are looked up beside the agent's loop, again whenever the peer that has one has
/// not been heard of for long; a new answer is a reason to look at the machine.
/// </summary>
internal sealed class WireGuardEndpoints(Triggers triggers, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken life)
{
    /// <summary>WireGuard begins a new handshake after 120 s and gives it 15 (REKEY_AFTER_TIME, REKEY_TIMEOUT and their sum).</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(135);

    /// <summary>
    /// Whoever hears something answers within 10 s, with an empty packet if with nothing else, and who hears no answer for 15 s
    /// begins a new handshake (KEEPALIVE_TIMEOUT, and REKEY_TIMEOUT with it): with 5 more, nothing that is sent arrives.
    /// </summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(20);

    /// <summary>Between two lookups of one name.</summary>
    public static readonly TimeSpan LookupInterval = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, Name> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<PeerOfDevice, IPEndPoint> _given = [];
    private readonly Dictionary<PeerOfDevice, Hearing> _heard = [];

    /// <summary>The endpoint to give to a peer; null leaves the one that it has.</summary>
    /// <param name="wanted">As in its keys.</param>
    /// <param name="current">The peer as it is; null where it is not yet.</param>
    public IPEndPoint? Choose(string device, WireGuardPublicKey key, WireGuardEndpoint? wanted, Observed? current)
    {
        if (wanted is null)
            return null;
        var fresh = current?.LastHandshake is { } last && clock.GetUtcNow() - last <= StaleAfter && !IsSilent(device, key, current);
        if ((wanted.Address ?? LookUp(wanted.Host, again: !fresh)) is not { } address)
            return null;
        var resolved = new IPEndPoint(address, wanted.Port.Number);
        return Decide(resolved, current?.Endpoint, _given.GetValueOrDefault(new(device, key)), fresh);
    }

    /// <summary>The peer was given this endpoint.</summary>
    public void Given(string device, WireGuardPublicKey key, IPEndPoint endpoint) => _given[new(device, key)] = endpoint;

    /// <summary>Of a peer that is silent it was seen that it should be sent elsewhere: the agent is to look, and to do that.</summary>
    public void AskForLook() => triggers.Raise(Trigger.Observe);

    /// <summary>
    /// A peer that is heard may have moved: WireGuard follows it, and it is not sent back to where its keys say. It is only
    /// where they say something new, or once it is not heard any more. After a restart of the agent nobody knows what was
    /// given; then a peer that is heard is left alone.
    /// </summary>
    internal static IPEndPoint? Decide(IPEndPoint resolved, IPEndPoint? current, IPEndPoint? given, bool fresh) =>
        fresh && current is not null && (given is null || given.Equals(resolved)) ? null : resolved;

    /// <summary>
    /// True for one to which things are sent and from which none came since. Two ends whose ports change at one time can each
    /// hear the other once more from the old one, and follow it there: with both gone from there neither would hear again.
    /// </summary>
    private bool IsSilent(string device, WireGuardPublicKey key, Observed current)
    {
        if (!_heard.TryGetValue(new(device, key), out var heard) || heard.Received != current.ReceivedBytes)
        {
            _heard[new(device, key)] = new Hearing(current.ReceivedBytes, current.SentBytes, clock.GetTimestamp());
            return false;
        }
        return heard.Sent != current.SentBytes && clock.GetElapsedTime(heard.At) >= SilentAfter;
    }

    private IPAddress? LookUp(string host, bool again)
    {
        var name = _names.GetOrAdd(host, _ => new Name());
        lock (name)
        {
            var due = name.AskedAt is not { } at || (again && clock.GetElapsedTime(at) >= LookupInterval);
            if (due && !name.IsBusy)
            {
                (name.IsBusy, name.AskedAt) = (true, clock.GetTimestamp());
                _ = Task.Run(() => ResolveAsync(host, name), life);
            }
            return name.Address;
        }
    }

    private async Task ResolveAsync(string host, Name name)
    {
        IPAddress[] answers = [];
        try
        {
            answers = await resolve(host, life);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // What was known stays; the next stale look asks again.
        }
        lock (name)
        {
            name.IsBusy = false;
            // Of several the one in use is kept while it is among them.
            if (answers.Length == 0 || (name.Address is not null && answers.Contains(name.Address)))
                return;
            name.Address = answers[0];
        }
        triggers.Raise(Trigger.Observe);
    }

    private sealed record PeerOfDevice(string Device, WireGuardPublicKey Key);

    /// <param name="Received">Bytes, at the look at which there were more of them than before.</param>
    /// <param name="Sent">Bytes, at that look.</param>
    /// <param name="At">When that was.</param>
    private sealed record Hearing(ulong Received, ulong Sent, long At);

    private sealed class Name
    {
        public IPAddress? Address { get; set; }
        public long? AskedAt { get; set; }
        public bool IsBusy { get; set; }
    }
}
