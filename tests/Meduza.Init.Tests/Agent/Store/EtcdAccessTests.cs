using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meduza.Init.Agent;

namespace Meduza.Init.Tests.Agent.Store;

/// <summary>Logins and certificates: what works, and what is said when it does not.</summary>
public sealed class EtcdAccessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_user_logs_in_and_an_expired_token_is_renewed_without_a_visible_error()
    {
        using var etcd = WithAuth();
        etcd.Ctl("--user", "root:right", "put", "/commit", "1");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("ETCD_USER", "root"), ("ETCD_PASS", "right")));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "1");

        // Simple tokens are kept in memory: a restarted etcd knows none of them.
        etcd.Stop();
        etcd.Start();
        etcd.Ctl("--user", "root:right", "put", "/commit", "2");

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "2");
        Assert.DoesNotContain(session.Log.Lines, line => line.Contains("invalid auth token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_one_line_that_says_what_to_do_and_not_the_password()
    {
        using var etcd = WithAuth();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("ETCD_USER", "root"), ("ETCD_PASS", "wrong-one")));

        var line = await session.Log.LineAsync(line => line.Contains("does not accept user 'root'", StringComparison.Ordinal));
        await Task.Delay(1000, TestContext.Current.CancellationToken);

        Assert.Contains("check ETCD_USER and ETCD_PASS", line, StringComparison.Ordinal);
        Assert.Single(session.Log.Lines);
        Assert.DoesNotContain("wrong-one", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_etcd_that_wants_a_login_says_so()
    {
        using var etcd = WithAuth();
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint));

        await session.Log.LineAsync(line => line.Contains("set ETCD_USER and ETCD_PASS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_without_the_rights_is_told_which_to_grant()
    {
        using var etcd = WithAuth();
        etcd.Ctl("--user", "root:right", "user", "add", "poor:pass");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("ETCD_USER", "poor"), ("ETCD_PASS", "pass")));

        await session.Log.LineAsync(line => line.Contains("denies user 'poor'", StringComparison.Ordinal) && line.Contains("/updated/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_that_may_read_the_prefixes_and_nothing_between_them_is_told_of_commits_and_of_host_records()
    {
        using var etcd = WithAuth();
        void Root(params string[] command) => etcd.Ctl(["--user", "root:right", .. command]);
        Root("role", "add", "gateway");
        foreach (var prefix in (string[])["/commit", "/global/", "/nodes/", "/dns/hosts/"])
            Root("role", "grant-permission", "gateway", "--prefix=true", "read", prefix);
        Root("role", "grant-permission", "gateway", "--prefix=true", "readwrite", "/updated/");
        Root("user", "add", "gateway:pass");
        Root("user", "grant-role", "gateway", "gateway");
        Root("put", "/nodes/gw1/lan", "10.0.0.0/24");
        Root("put", "/commit", "1");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("ETCD_USER", "gateway"), ("ETCD_PASS", "pass")));
        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "1");

        for (var n = 2; n <= 4; n++)
        {
            Root("put", "/nodes/gw1/lan", $"10.0.{n}.0/24");
            Root("put", "/commit", $"{n}");
            await session.UntilAsync(() => session.Store.Latest.Mark.Value == $"{n}");
            var keys = (await session.Store.ReadAsync(session.Store.Latest.Mark, whole: false, TestContext.Current.CancellationToken)).Keys;
            Assert.Equal($"10.0.{n}.0/24", System.Text.Encoding.UTF8.GetString(keys["/nodes/gw1/lan"].Span));
        }
        Assert.Single(session.Log.Lines);
    }

    [Fact]
    public async Task A_login_is_not_in_the_way_where_authentication_is_off()
    {
        using var etcd = new EtcdServer();
        etcd.Put("/commit", "1");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("ETCD_USER", "root"), ("ETCD_PASS", "x")));

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "1");
    }

    [Fact]
    public async Task Tls_with_a_client_certificate_works()
    {
        using var ca = Authority("CN=ca");
        using var etcd = WithTls(ca, "127.0.0.1");
        etcd.Put("/commit", "1");
        await using var session = new StoreSession(Trusting(etcd, "ca", ca));

        await session.UntilAsync(() => session.Store.Latest.Mark.Value == "1");
    }

    [Fact]
    public async Task A_server_signed_by_another_authority_is_refused_by_name()
    {
        using var ca = Authority("CN=ca");
        using var other = Authority("CN=other");
        using var etcd = WithTls(ca, "127.0.0.1");
        await using var session = new StoreSession(Trusting(etcd, "other", other));

        await session.Log.LineAsync(line => line.Contains("is not signed by the authority in ETCD_CA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_with_another_name_is_refused()
    {
        using var ca = Authority("CN=ca");
        using var etcd = WithTls(ca, "127.0.0.9");
        await using var session = new StoreSession(Trusting(etcd, "ca", ca));

        await session.Log.LineAsync(line => line.Contains("is for another name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_client_certificate_is_told_by_the_variables_that_give_it()
    {
        using var ca = Authority("CN=ca");
        using var etcd = WithTls(ca, "127.0.0.1");
        await using var session = new StoreSession(StoreSession.Settings(etcd.Endpoint, ("ETCD_CA", Pem("ca", ca))));

        await session.Log.LineAsync(line => line.Contains("ETCD_CERT and ETCD_KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_no_certificate_is_named()
    {
        var rubbish = Path.Combine(_folder, "rubbish.pem");
        await File.WriteAllTextAsync(rubbish, "hello", TestContext.Current.CancellationToken);
        await using var session = new StoreSession(StoreSession.Settings("https://127.0.0.1:1", ("ETCD_CA", rubbish)));

        await session.Log.LineAsync(line => line.Contains($"ETCD_CA ({rubbish}) holds no certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unreachable_etcd_and_a_name_that_does_not_resolve_are_said_in_words()
    {
        await using var session = new StoreSession(StoreSession.Settings("http://127.0.0.1:1,http://no-such-host.invalid:2379"));

        await session.Log.LineAsync(line => line.Contains("http://127.0.0.1:1 refuses connections", StringComparison.Ordinal));
        await session.Log.LineAsync(line => line.Contains("has a name that does not resolve", StringComparison.Ordinal));
    }

    /// <summary>Settings of a client that has its certificate, and judges the server by <paramref name="authority"/>.</summary>
    private NodeSettings Trusting(EtcdServer etcd, string name, X509Certificate2 authority) => StoreSession.Settings(etcd.Endpoint,
        ("ETCD_CA", Pem(name, authority)), ("ETCD_CERT", Path.Combine(_folder, "client.pem")), ("ETCD_KEY", Path.Combine(_folder, "client.key")));

    private static EtcdServer WithAuth()
    {
        var etcd = new EtcdServer();
        etcd.Ctl("user", "add", "root:right");
        etcd.Ctl("user", "grant-role", "root", "root");
        etcd.Ctl("auth", "enable");
        return etcd;
    }

    private EtcdServer WithTls(X509Certificate2 ca, string address)
    {
        Issue(ca, "server", address);
        Issue(ca, "client", "127.0.0.1");
        var authority = Pem("ca", ca);
        return new("https", "--cert-file", Path.Combine(_folder, "server.pem"), "--key-file", Path.Combine(_folder, "server.key"),
            "--client-cert-auth", "--trusted-ca-file", authority)
        {
            ClientOptions = ["--cacert", authority, "--cert", Path.Combine(_folder, "client.pem"), "--key", Path.Combine(_folder, "client.key")],
        };
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private void Issue(X509Certificate2 ca, string name, string address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        // etcd's own gateway uses the server's certificate as a client.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(ca, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(_folder, $"{name}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, $"{name}.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private string Pem(string name, X509Certificate2 certificate)
    {
        var path = Path.Combine(_folder, $"{name}.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }
}
