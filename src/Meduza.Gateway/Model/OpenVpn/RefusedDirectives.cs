using System.Collections.Immutable;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>Directives of OpenVPN 2.6 that no key may set, each with the reason that an operator is told.</summary>
internal static class RefusedDirectives
{
    public static ImmutableArray<(string Name, string Reason)> All { get; } =
    [
        .. Because("runs a program",
            "up", "down", "down-pre", "up-delay", "up-restart", "route-up", "route-pre-down", "ipchange", "learn-address", "client-connect",
            "client-disconnect", "client-crresponse", "tls-verify", "tls-crypt-v2-verify", "auth-user-pass-verify", "script-security",
            "plugin", "iproute", "ifconfig-noexec", "dns-updown"),
        .. Because("only hands something to a program that is run, and none is", "setenv", "setenv-safe", "dhcp-option", "dns", "x509-track", "echo"),
        .. Because("loads code into OpenVPN",
            "engine", "providers", "pkcs11-providers", "pkcs11-id", "pkcs11-id-management", "pkcs11-pin-cache", "pkcs11-private-mode",
            "pkcs11-protected-authentication", "pkcs11-cert-private"),
        .. Because("reads or writes a path on the machine",
            "config", "cd", "tmp-dir", "capath", "crl-verify", "extra-certs", "pkcs12", "askpass", "auth-user-pass", "client-config-dir",
            "ccd-exclusive", "ifconfig-pool-persist", "replay-persist", "writepid", "tls-crypt-v2", "tls-export-cert", "dev-node",
            "http-proxy-user-pass", "auth-gen-token-secret", "port-share", "keying-material-exporter", "genkey"),
        .. Because("changes the identity or the limits that the process runs with",
            "user", "group", "chroot", "setcon", "daemon", "nice", "service", "inetd", "remap-usr1", "mktun", "rmtun", "persist"),
        .. Because("is how the gateway itself talks to OpenVPN",
            "management", "management-client", "management-client-auth", "management-client-group", "management-client-pf",
            "management-client-user", "management-external-cert", "management-external-key", "management-forget-disconnect",
            "management-hold", "management-log-cache", "management-query-passwords", "management-query-proxy",
            "management-query-remote", "management-signal", "management-up-down"),
        .. Because("changes where or how OpenVPN logs",
            "log", "log-append", "syslog", "errors-to-stderr", "machine-readable-output", "suppress-timestamps", "status",
            "status-version", "mute"),
        .. Because("changes the machine's default route, which is not a tunnel's to change", "redirect-gateway", "redirect-private"),
        .. Because("concerns users with passwords, which gateways have not",
            "auth-user-pass-optional", "auth-gen-token", "auth-token", "auth-token-user", "username-as-common-name", "static-challenge",
            "opt-verify"),
        .. Because("belongs to a per-client file, and there is none",
            "ifconfig-push", "ifconfig-ipv6-push", "iroute", "iroute-ipv6", "push-reset", "push-remove", "disable"),
        .. Because("weakens or ends what protects the tunnel", "no-replay", "no-iv", "ncp-disable", "client-cert-not-required", "verify-client-cert",
            "allow-deprecated-insecure-static-crypto", "use-prediction-resistance", "prng"),
        .. Because("is obsolete or a macro that is not needed here",
            "ns-cert-type", "key-method", "tun-ipv6", "max-packet-size", "ifconfig-pool-linear", "no-name-remapping", "compat-names",
            "server-bridge", "x509-username-field", "disable-occ", "ignore-unknown-option", "http-proxy-option", "socks-proxy-retry",
            "push-continuation", "vlan-accept", "vlan-pvid", "vlan-tagging", "verify-hash", "gremlin", "memstats", "test-crypto"),
        .. Because("is for Windows only",
            "ip-win32", "tap-sleep", "win-sys", "block-outside-dns", "register-dns", "dhcp-renew", "dhcp-release", "show-net-up",
            "allow-nonadmin", "pause-exit", "cryptoapicert", "windows-driver", "route-method"),
    ];

    private static IEnumerable<(string, string)> Because(string reason, params string[] names) => names.Select(name => (name, reason));
}
