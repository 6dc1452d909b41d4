using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// TLS towards etcd: the server is judged by <c>ETCD_CA</c> alone where it is set, by the machine's roots otherwise; the
/// client certificate is sent where there is one. Files are read anew for each connection, so renewed ones are picked up.
/// </summary>
internal sealed class EtcdTls : IDisposable
{
    private readonly X509Certificate2Collection? _roots;
    private readonly X509Certificate2? _client;

    /// <exception cref="EtcdException">A file holds no certificate, or no key.</exception>
    public EtcdTls(EtcdSettings settings)
    {
        if (settings.CaFile is { } ca)
        {
            _roots = [];
            Load("ETCD_CA", ca, () => _roots.ImportFromPemFile(ca));
            if (_roots.Count == 0)
                throw Unreadable("ETCD_CA", ca, null);
        }
        if (settings.CertificateFile is { } certificate)
            Load("ETCD_CERT", certificate, () => { }, () => X509Certificate2.CreateFromPemFile(certificate, settings.KeyFile), out _client);
    }

    /// <summary>What the last check of a server's certificate found wrong; null when it was fine.</summary>
    public string? Problem { get; private set; }

    public SslClientAuthenticationOptions Options => new()
    {
        ClientCertificates = _client is null ? null : [_client],
        // The client certificate is chosen by us: without this the runtime drops one whose issuer the server does not name.
        LocalCertificateSelectionCallback = _client is null ? null : (_, _, _, _, _) => _client,
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Check(certificate, chain, errors),
    };

    public void Dispose()
    {
        _client?.Dispose();
        foreach (var root in _roots ?? [])
            root.Dispose();
    }

    private bool Check(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Problem = null;
        if (certificate is not X509Certificate2 server)
            Problem = "is missing";
        else if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
            Problem = $"is for another name ({server.GetNameInfo(X509NameType.DnsName, false)}): use a name or address that it holds in ETCD_ENDPOINTS";
        else if (_roots is not null)
            Problem = CheckAgainstRoots(server, chain);
        else if (errors != SslPolicyErrors.None)
            Problem = "is not signed by an authority that this machine trusts: set ETCD_CA";
        return Problem is null;
    }

    private string? CheckAgainstRoots(X509Certificate2 server, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        if (chain.Build(server))
            return null;
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, one) => flags | one.Status);
        return (status & X509ChainStatusFlags.NotTimeValid) != 0
            ? $"is not valid at this time (from {server.NotBefore.ToUniversalTime():yyyy-MM-dd} to {server.NotAfter.ToUniversalTime():yyyy-MM-dd}): renew it, or set this machine's clock"
            : "is not signed by the authority in ETCD_CA";
    }

    private static void Load(string variable, string path, Action load) => Load(variable, path, load, () => 0, out _);

    private static void Load<T>(string variable, string path, Action load, Func<T> result, out T loaded)
    {
        try
        {
            load();
            loaded = result();
        }
        // A key that is another certificate's is an ArgumentException.
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(variable, path, e);
        }
    }

    private static EtcdException Unreadable(string variable, string path, Exception? cause) =>
        new(variable == "ETCD_CERT"
            ? $"ETCD_CERT ({path}) or its ETCD_KEY cannot be used: both must be PEM, and the key must belong to the certificate"
            : $"{variable} ({path}) holds no certificate: give a PEM file", EtcdFailure.Refused, cause);
}
