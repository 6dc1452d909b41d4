using System.Net;
using Meduza.Linux.WireGuard;

namespace Meduza.Linux.Tests.WireGuard;

/// <summary>Keys that were made for these tests, and devices made of them.</summary>
internal static class WireGuardSamples
{
    public static readonly WireGuardSecret Private = WireGuardSecret.Parse("QJLSK2ptMIiOB7VgLGTiqN2FvVQcpb4WVJGQIhPBfFQ=");
    public static readonly WireGuardPublicKey Public = WireGuardPublicKey.Parse("K/c8BhI1RdzfVPagotqi1wwrIFkE+Rgzn6mtGSQw8QA=");
    public static readonly WireGuardSecret Preshared = WireGuardSecret.Parse("/UwcSPg38hW/D9Y3tcS1FOV0K1wuURMbS0sesJEP5ak=");
    public static readonly WireGuardPublicKey First = WireGuardPublicKey.Parse("xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=");
    public static readonly WireGuardPublicKey Second = WireGuardPublicKey.Parse("TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=");

    /// <summary>A device of two peers, as wg(8) was given it when its messages were captured.</summary>
    public static readonly WireGuardConfig TwoPeers = new()
    {
        PrivateKey = Private,
        ListenPort = 51820,
        Mark = 0x20,
        Peers =
        [
            new(First)
            {
                PresharedKey = Preshared,
                Endpoint = IPEndPoint.Parse("192.0.2.1:51821"),
                PersistentKeepalive = 25,
                AllowedIps = [Net("10.1.0.0/16"), Net("2001:db8:1::/48")],
            },
            new(Second) { Endpoint = IPEndPoint.Parse("[2001:db8::9]:51822"), AllowedIps = [Net("10.2.0.0/16")] },
        ],
    };

    public static readonly WireGuardDevice Empty = new("wg0");

    public static IPNetwork Net(string text) => IPNetwork.Parse(text);

    /// <summary>A key of the test's own, from a number.</summary>
    public static WireGuardPublicKey Key(int number)
    {
        Span<byte> bytes = stackalloc byte[WireGuardPublicKey.Length];
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, number + 1);
        return new WireGuardPublicKey(bytes);
    }

    /// <summary>What a device is after a change, by the rules of the kernel: what is added goes to the last who is given it.</summary>
    public static WireGuardDevice After(WireGuardDevice device, WireGuardChange change)
    {
        var peers = device.Peers.ToList();
        foreach (var step in change.Peers)
        {
            var at = peers.FindIndex(p => p.PublicKey == step.PublicKey);
            if (step.Action == WireGuardPeerAction.Remove)
            {
                if (at >= 0)
                    peers.RemoveAt(at);
                continue;
            }
            if (at < 0 && step.Action == WireGuardPeerAction.Update)
                continue;
            if (at < 0)
            {
                at = peers.Count;
                peers.Add(new WireGuardPeer(step.PublicKey));
            }
            foreach (var i in Enumerable.Range(0, peers.Count).Where(i => i != at))
                peers[i] = peers[i] with { AllowedIps = [.. peers[i].AllowedIps.Except(step.AllowedIps)] };
            var had = step.ReplaceAllowedIps ? [] : peers[at].AllowedIps;
            peers[at] = peers[at] with
            {
                PresharedKey = step.PresharedKey is null ? peers[at].PresharedKey : step.PresharedKey.IsNone ? null : step.PresharedKey,
                Endpoint = step.Endpoint ?? peers[at].Endpoint,
                PersistentKeepalive = step.PersistentKeepalive ?? peers[at].PersistentKeepalive,
                AllowedIps = [.. had.Union(step.AllowedIps)],
            };
        }
        return device with
        {
            PrivateKey = change.PrivateKey ?? device.PrivateKey,
            ListenPort = change.ListenPort ?? device.ListenPort,
            Mark = change.Mark ?? device.Mark,
            Peers = peers,
        };
    }
}
