using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Downloads;

/// <summary>A subscription over TLS, fetched by the native binary: by whose word a server is believed.</summary>
public sealed class TrustTests : IDisposable
{
    private const string Subscription = "proxies: [{name: over-tls, type: direct}]\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-trust-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Server_that_an_authority_of_this_machine_signed_is_believed_and_no_other()
    {
        var certificates = LabCertificates.Create(_folder, "127.0.0.1");
        _listener.Start();
        _ = ServeAsync(certificates);

        var believed = Generate($"SSL_CERT_FILE={certificates.Authority}");
        Assert.True(believed.ExitCode == 0, believed.Error);
        Assert.Contains("over-tls", believed.Output, StringComparison.Ordinal);

        var unknown = Generate("SSL_CERT_FILE=/dev/null");
        Assert.Equal((1, ""), (unknown.ExitCode, unknown.Output));
        Assert.Contains("its certificate is not signed by an authority that this machine trusts", unknown.Error, StringComparison.Ordinal);
    }

    private CommandResult Generate(string roots)
    {
        var meduza = $"{_folder}/meduza";
        if (!File.Exists(meduza))
            File.CreateSymbolicLink(meduza, Binary.Path);
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var keys = """
            {"node_id": "gw", "node": {"/nodes/gw/clash/enable": true, "/nodes/gw/clash/active_subscription": "main"},
             "global": {"/global/clash/subscriptions/main/url": "https://127.0.0.1:PORT/main.yaml"}}
            """.Replace("PORT", port, StringComparison.Ordinal);
        return Command.Run(meduza, ["generate", "clash"], Must.Patience, keys, [roots, "SSL_CERT_DIR=/nowhere"]);
    }

    private async Task ServeAsync(LabCertificates certificates)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificates.ServerCertificate, certificates.ServerKey);
        while (true)
        {
            try
            {
                using var peer = await _listener.AcceptTcpClientAsync();
                await using var tls = new SslStream(peer.GetStream());
                await tls.AuthenticateAsServerAsync(pem);
                _ = await tls.ReadAsync(new byte[4096]);
                await tls.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{Subscription}"));
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // Whoever does not believe it goes away.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
