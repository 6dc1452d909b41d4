using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.OpenVpn;

internal static partial class OpenVpnParser
{
    private static readonly string[] TlsOnly =
        ["tls-server", "tls-client", "client", "server", "pull", "mode", "data-ciphers", "remote-cert-tls", "peer-fingerprint", "verify-x509-name"];

    private static OpenVpnAuthentication? ReadAuthentication(
        KeyReader keys, OpenVpnProtocol protocol, ImmutableArray<OpenVpnRemote> remotes, ImmutableArray<OpenVpnDirective> directives)
    {
        var hasTls = keys.Has(KeyTable.OpenVpnCa) || keys.Has(KeyTable.OpenVpnCert) || keys.Has(KeyTable.OpenVpnKey);
        if (keys.Has(KeyTable.OpenVpnSecret))
        {
            if (hasTls)
                keys.Findings.Error(keys.FullKey(KeyTable.OpenVpnSecret), "cannot be set together with ca, cert or key: an instance has a static key, or TLS");
            return ReadStaticKey(keys, directives);
        }
        if (!hasTls)
        {
            keys.Findings.Error(keys.Prefix, "has neither a static key (secret) nor certificates (ca, cert, key): one of both is needed");
            return null;
        }
        return ReadTls(keys, protocol, remotes, directives);
    }

    private static StaticKeyAuthentication? ReadStaticKey(KeyReader keys, ImmutableArray<OpenVpnDirective> directives)
    {
        foreach (var directive in directives.Where(d => TlsOnly.Contains(d.Name)))
            keys.Findings.Error(keys.Prefix + directive.Name.Replace('-', '_'), "needs TLS, and this instance has a static key (secret)");
        foreach (var key in (Key<Secret>[])[KeyTable.OpenVpnTlsAuth, KeyTable.OpenVpnTlsCrypt])
        {
            if (keys.OrNothing(key) is not null)
                keys.Findings.Error(keys.FullKey(key), "needs TLS, and this instance has a static key (secret)");
        }
        return keys.Require(KeyTable.OpenVpnSecret, "the tunnel has no other key", out var secret) ? new StaticKeyAuthentication(secret) : null;
    }

    private static TlsAuthentication? ReadTls(
        KeyReader keys, OpenVpnProtocol protocol, ImmutableArray<OpenVpnRemote> remotes, ImmutableArray<OpenVpnDirective> directives)
    {
        Secret? ca = null;
        var whole = directives.Any(d => d.Name == "peer-fingerprint") && !keys.Has(KeyTable.OpenVpnCa)
            || keys.Require(KeyTable.OpenVpnCa, "TLS needs the authority that signed the other side's certificate", out ca);
        whole &= keys.Require(KeyTable.OpenVpnCert, "TLS needs the own certificate", out var certificate);
        whole &= keys.Require(KeyTable.OpenVpnKey, "TLS needs the certificate's private key", out var privateKey);
        var tlsAuth = keys.OrNothing(KeyTable.OpenVpnTlsAuth);
        var tlsCrypt = keys.OrNothing(KeyTable.OpenVpnTlsCrypt);
        if (tlsAuth is not null && tlsCrypt is not null)
            keys.Findings.Error(keys.FullKey(KeyTable.OpenVpnTlsAuth), "cannot be set together with tls_crypt");
        var isServer = IsTlsServer(keys, protocol, remotes, directives);
        if (!whole)
            return null;
        return new TlsAuthentication(isServer, ca, certificate!, privateKey!) { TlsAuth = tlsAuth, TlsCrypt = tlsCrypt };
    }

    /// <summary>Which side of the handshake this is: what the keys say, else the side that listens is the server.</summary>
    private static bool IsTlsServer(
        KeyReader keys, OpenVpnProtocol protocol, ImmutableArray<OpenVpnRemote> remotes, ImmutableArray<OpenVpnDirective> directives)
    {
        var server = directives.FirstOrDefault(d => d.Name is "tls-server" or "server" || (d.Name == "mode" && d.Arguments[0] == "server"));
        var client = directives.FirstOrDefault(d => d.Name is "tls-client" or "client");
        if (server is not null && client is not null)
            keys.Findings.Error(keys.Prefix + client.Name.Replace('-', '_'), $"cannot be set together with {server.Name.Replace('-', '_')}");
        if (server is not null || client is not null)
            return server is not null;
        return protocol.IsTcpServer || (!protocol.IsTcp && remotes.IsEmpty);
    }
}
