using System.Collections.Immutable;
using static Meduza.Gateway.Model.OpenVpn.DirectiveArgument;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>
/// The directives of OpenVPN 2.6 that keys may set, from openvpn(8): those that shape the tunnel, the connection and the
/// cryptography, and nothing else. What is left out, and why, is in <see cref="RefusedDirectives"/>.
/// </summary>
internal static class DirectiveTable
{
    private const uint Day = 86_400;

    public static ImmutableArray<DirectiveShape> Allowed { get; } =
    [
        // The device and its packets.
        One("dev-type", OneOf("tun", "tap")),
        One("topology", OneOf("net30", "p2p", "subnet")),
        One("ifconfig-ipv6", [Ipv6Network, Ipv6]),
        Flag("ifconfig-nowarn"),
        One("lladdr", Mac),
        One("tun-mtu", [Number(100, 65_535)], Number(100, 65_535)),
        One("tun-mtu-extra", Number(0, 256)),
        One("tun-mtu-max", Number(100, 65_535)),
        One("link-mtu", Number(100, 65_535)),
        One("mssfix", [], Number(0, 65_535), OneOf("mtu", "fixed")),
        One("fragment", [Number(68, 65_535)], OneOf("mtu")),
        One("mtu-disc", OneOf("no", "maybe", "yes")),
        Flag("mtu-test"),
        One("txqueuelen", Number(0, 100_000)),
        One("shaper", Number(100, 100_000_000)),
        Flag("passtos"),
        Flag("persist-tun"),
        Flag("disable-dco"),
        Flag("block-ipv6"),

        // The connection.
        One("local", Host),
        One("lport", Port),
        One("rport", Port),
        Flag("nobind"),
        One("bind", [], OneOf("ipv6only")),
        One("bind-dev", Device),
        Flag("float"),
        Flag("multihome"),
        One("proto-force", OneOf("udp", "tcp")),
        Flag("remote-random"),
        Flag("remote-random-hostname"),
        One("resolv-retry", NumberOr(Day, "infinite")),
        One("connect-retry", [Number(1, Day)], Number(1, Day)),
        One("connect-retry-max", NumberOr(1_000_000, "unlimited")),
        One("connect-timeout", Number(1, Day)),
        One("server-poll-timeout", Number(1, Day)),
        One("explicit-exit-notify", [], Number(0, 10)),
        One("ping", Number(1, Day)),
        One("ping-restart", Number(0, Day)),
        One("ping-exit", Number(1, Day)),
        Flag("ping-timer-rem"),
        One("inactive", [Number(0, 31 * Day)], Number(0, uint.MaxValue)),
        One("session-timeout", NumberOr(365 * Day, "infinite")),
        Flag("persist-local-ip"),
        Flag("persist-remote-ip"),
        One("sndbuf", Number(0, 1 << 30)),
        One("rcvbuf", Number(0, 1 << 30)),
        One("mark", Number(0, int.MaxValue)),
        One("socket-flags", OneOf("TCP_NODELAY")),
        Flag("tcp-nodelay"),
        One("tcp-queue-limit", Number(1, 65_536)),
        Flag("fast-io"),
        One("http-proxy", [Host, Port], OneOf("none", "auto", "auto-nct")),
        One("socks-proxy", [Host], Port),
        Flag("allow-recursive-routing"),
        Flag("allow-pull-fqdn"),
        Flag("mlock"),
        One("verb", Number(0, 4)),

        // The cryptography of both kinds of instances.
        One("cipher", Names),
        One("auth", Names),
        One("key-direction", OneOf("0", "1")),
        One("replay-window", [Number(0, 65_536)], Number(0, 600)),
        Flag("mute-replay-warnings"),
        Flag("persist-key"),
        One("compress", [], OneOf("lzo", "lz4", "lz4-v2", "stub", "stub-v2", "migrate")),
        One("comp-lzo", [], OneOf("yes", "no", "adaptive")),
        Flag("comp-noadapt"),
        One("allow-compression", OneOf("yes", "no", "asym")),
        One("compat-mode", DirectiveArgument.Version),

        // TLS.
        Flag("tls-server"),
        Flag("tls-client"),
        One("dh", OneOf("none")),
        One("data-ciphers", Names),
        One("ncp-ciphers", Names),
        One("data-ciphers-fallback", Names),
        One("tls-version-min", [OneOf("1.0", "1.1", "1.2", "1.3")], OneOf("or-highest")),
        One("tls-version-max", OneOf("1.0", "1.1", "1.2", "1.3")),
        One("tls-cipher", Names),
        One("tls-ciphersuites", Names),
        One("tls-groups", Names),
        One("ecdh-curve", Names),
        One("tls-cert-profile", OneOf("insecure", "legacy", "preferred", "suiteb")),
        One("tls-timeout", Number(1, 3600)),
        One("reneg-sec", [Number(0, 31 * Day)], Number(0, 31 * Day)),
        One("reneg-bytes", Number(0, uint.MaxValue)),
        One("reneg-pkts", Number(0, uint.MaxValue)),
        One("hand-window", Number(1, 3600)),
        One("tran-window", Number(1, 31 * Day)),
        Flag("single-session"),
        Flag("tls-exit"),
        One("remote-cert-tls", OneOf("client", "server")),
        One("remote-cert-eku", Text),
        One("remote-cert-ku", [], Hex, Hex, Hex, Hex),
        One("verify-x509-name", [Text], OneOf("subject", "name", "name-prefix")),
        One("peer-fingerprint", Fingerprint),
        Flag("push-peer-info"),
        One("auth-retry", OneOf("none", "nointeract", "interact")),
        Flag("auth-nocache"),

        // Taking orders from a server, and routes.
        Flag("client"),
        Flag("pull"),
        Many("pull-filter", [OneOf("accept", "ignore", "reject"), Text]),
        Many("route", [Host], Ipv4, OneOrAddress("vpn_gateway", "net_gateway", "default"), NumberOr(9999, "default")),
        Many("route-ipv6", [Ipv6Network], OneOrAddress("default"), NumberOr(9999, "default")),
        One("route-gateway", [OneOrAddress("dhcp")]),
        One("route-ipv6-gateway", Ipv6),
        One("route-metric", Number(0, 9999)),
        One("route-delay", [], Number(0, 600), Number(0, 600)),
        Flag("route-noexec"),
        Flag("route-nopull"),
        Many("client-nat", [OneOf("snat", "dnat"), Ipv4, Ipv4, Ipv4]),

        // Serving many clients.
        One("mode", OneOf("p2p", "server")),
        One("server", [Ipv4, Ipv4], OneOf("nopool")),
        One("server-ipv6", Ipv6Network),
        One("ifconfig-pool", [Ipv4, Ipv4], Ipv4),
        One("ifconfig-ipv6-pool", Ipv6Network),
        Many("push", [Pushed]),
        Flag("client-to-client"),
        Flag("duplicate-cn"),
        One("max-clients", Number(1, 65_535)),
        One("max-routes-per-client", Number(1, 65_535)),
        One("connect-freq", [Number(1, 10_000), Number(1, Day)]),
        One("connect-freq-initial", [Number(1, 10_000), Number(1, Day)]),
        One("hash-size", [Number(1, 65_536), Number(1, 65_536)]),
        One("bcast-buffers", Number(1, 65_536)),
        One("stale-routes-check", [Number(1, Day)], Number(1, Day)),
    ];

    private static DirectiveShape Flag(string name) => new(name, [], []);

    private static DirectiveShape One(string name, DirectiveArgument argument) => new(name, [argument], []);

    private static DirectiveShape One(string name, ImmutableArray<DirectiveArgument> required, params ImmutableArray<DirectiveArgument> optional) =>
        new(name, required, optional);

    private static DirectiveShape Many(string name, ImmutableArray<DirectiveArgument> required, params ImmutableArray<DirectiveArgument> optional) =>
        new(name, required, optional) { Repeats = true };

    private static DirectiveArgument OneOrAddress(params string[] words) => new(
        $"an address, or {string.Join('|', words)}", text => words.Contains(text) || Values.AddressText.TryParse(text, out _));
}
