using System.Globalization;
using System.Net;
using System.Text;

namespace Meduza.Linux.WireGuard;

/// <summary>The text protocol of userspace WireGuard: lines of <c>key=value</c>, keys in hexadecimal.</summary>
internal static class UserspaceText
{
    public static string WriteChange(WireGuardChange change)
    {
        var text = new StringBuilder("set=1\n");
        if (change.PrivateKey is { } key)
            Line(text, "private_key", Hex(key));
        if (change.ListenPort is { } port)
            Line(text, "listen_port", Number(port));
        if (change.Mark is { } mark)
            Line(text, "fwmark", Number(mark));
        foreach (var peer in change.Peers)
            WritePeer(text, peer);
        return text.Append('\n').ToString();
    }

    private static void WritePeer(StringBuilder text, WireGuardPeerChange peer)
    {
        Line(text, "public_key", Hex(peer.PublicKey));
        if (peer.Action == WireGuardPeerAction.Remove)
            Line(text, "remove", "true");
        if (peer.Action == WireGuardPeerAction.Update)
            Line(text, "update_only", "true");
        if (peer.PresharedKey is { } preshared)
            Line(text, "preshared_key", Hex(preshared));
        if (peer.Endpoint is { } endpoint)
            Line(text, "endpoint", endpoint.ToString());
        if (peer.PersistentKeepalive is { } interval)
            Line(text, "persistent_keepalive_interval", Number(interval));
        if (peer.ReplaceAllowedIps)
            Line(text, "replace_allowed_ips", "true");
        foreach (var address in peer.AllowedIps)
            Line(text, "allowed_ip", address.ToString());
    }

    /// <summary>Reads an answer to <c>get=1</c>. Lines that it does not know are passed over.</summary>
    /// <exception cref="LinuxException">The answer says that it failed.</exception>
    public static WireGuardDevice ReadDevice(string name, string answer)
    {
        if (Error(answer) is var error && error != 0)
            throw new LinuxException("get", name, error);
        var device = new WireGuardDevice(name);
        var peers = new List<WireGuardPeer>();
        var allowed = new List<IPNetwork>();
        long seconds = 0;
        foreach (var line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                continue;
            var (word, value) = (line[..at], line[(at + 1)..]);
            if (word == "public_key" && TryHex(value, out var bytes))
            {
                allowed = [];
                peers.Add(new WireGuardPeer(new WireGuardPublicKey(bytes)) { AllowedIps = allowed });
            }
            else if (peers.Count == 0)
            {
                device = ReadDeviceLine(device, word, value);
            }
            else if (word == "allowed_ip")
            {
                if (IPNetwork.TryParse(value, out var address))
                    allowed.Add(address);
            }
            else if (word == "last_handshake_time_sec")
            {
                long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
            }
            else if (word == "last_handshake_time_nsec")
            {
                long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds);
                peers[^1] = peers[^1] with { LastHandshake = WireGuardTime.FromUnix(seconds, nanoseconds) };
            }
            else
            {
                peers[^1] = ReadPeerLine(peers[^1], word, value);
            }
        }
        return device with { Peers = peers };
    }

    /// <summary>What the last line says, positive; <c>EBADMSG</c> where it says nothing.</summary>
    public static int Error(string answer)
    {
        const string word = "errno=";
        var at = answer.LastIndexOf(word, StringComparison.Ordinal);
        return at >= 0 && int.TryParse(answer.AsSpan(at + word.Length).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var error)
            ? Math.Abs(error)
            : Tmds.Linux.LibC.EBADMSG;
    }

    private static WireGuardDevice ReadDeviceLine(WireGuardDevice device, string word, string value) => word switch
    {
        "private_key" when TryHex(value, out var bytes) => device with { PrivateKey = new WireGuardSecret(bytes) },
        "listen_port" when ushort.TryParse(value, CultureInfo.InvariantCulture, out var port) => device with { ListenPort = port },
        "fwmark" when uint.TryParse(value, CultureInfo.InvariantCulture, out var mark) => device with { Mark = mark },
        _ => device,
    };

    private static WireGuardPeer ReadPeerLine(WireGuardPeer peer, string word, string value) => word switch
    {
        "preshared_key" when TryHex(value, out var bytes) && new WireGuardSecret(bytes) is { IsNone: false } key => peer with { PresharedKey = key },
        "endpoint" when IPEndPoint.TryParse(value, out var endpoint) => peer with { Endpoint = endpoint },
        "persistent_keepalive_interval" when ushort.TryParse(value, CultureInfo.InvariantCulture, out var interval) =>
            peer with { PersistentKeepalive = interval },
        "rx_bytes" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var count) => peer with { ReceivedBytes = count },
        "tx_bytes" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var count) => peer with { SentBytes = count },
        _ => peer,
    };

    private static void Line(StringBuilder text, string word, string value) => text.Append(word).Append('=').Append(value).Append('\n');

    private static string Number(uint value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Hex(WireGuardSecret secret) => Convert.ToHexStringLower(secret.Bytes);

    private static string Hex(WireGuardPublicKey key)
    {
        Span<byte> bytes = stackalloc byte[WireGuardPublicKey.Length];
        key.CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static bool TryHex(string text, out byte[] bytes)
    {
        bytes = new byte[WireGuardPublicKey.Length];
        return Convert.FromHexString(text, bytes, out var used, out var written) == System.Buffers.OperationStatus.Done
            && used == text.Length && written == bytes.Length;
    }
}
