using System.Globalization;
using Meduza.Gateway.Model.WireGuard;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Generate;

/// <summary>
/// A WireGuard device as text for wg-quick(8). A gateway needs none: it makes devices over netlink. With <c>Table = off</c>,
/// since routes are FRR's part.
/// </summary>
internal static class WgQuickText
{
    public static string Of(WireGuardInstance instance)
    {
        var text = new ConfigText()
            .Line("[Interface]")
            .Line($"PrivateKey = {instance.PrivateKey.Reveal()}");
        if (instance.ListenPort is { } port)
            text.Line($"ListenPort = {port}");
        if (!instance.Addresses.IsEmpty)
            text.Line($"Address = {string.Join(", ", instance.Addresses)}");
        if (!instance.Dns.IsEmpty)
            text.Line($"DNS = {string.Join(", ", instance.Dns)}");
        text.Line(string.Create(CultureInfo.InvariantCulture, $"MTU = {instance.Mtu}")).Line("Table = off");
        foreach (var peer in instance.Peers)
            Peer(text, peer);
        return text.ToString();
    }

    private static void Peer(ConfigText text, WireGuardPeer peer)
    {
        text.Line("").Line("[Peer]").Line($"PublicKey = {peer.PublicKey}");
        if (peer.PresharedKey is { } preshared)
            text.Line($"PresharedKey = {preshared.Reveal()}");
        if (!peer.AllowedIps.IsEmpty)
            text.Line($"AllowedIPs = {string.Join(", ", peer.AllowedIps)}");
        if (peer.Endpoint is { } endpoint)
            text.Line($"Endpoint = {endpoint}");
        if (peer.PersistentKeepalive > 0)
            text.Line(string.Create(CultureInfo.InvariantCulture, $"PersistentKeepalive = {peer.PersistentKeepalive}"));
    }
}
