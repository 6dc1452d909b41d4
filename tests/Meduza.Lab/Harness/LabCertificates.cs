using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Meduza.Lab.Harness;

/// <summary>A certificate authority of a lab and what it signed, as PEM files in one folder.</summary>
public sealed class LabCertificates
{
    private readonly string _folder;

    private LabCertificates(string folder) => _folder = folder;

    public string Authority => $"{_folder}/ca.pem";
    public string ServerCertificate => $"{_folder}/server.pem";
    public string ServerKey => $"{_folder}/server.key";
    public string ClientCertificate => $"{_folder}/client.pem";
    public string ClientKey => $"{_folder}/client.key";

    /// <summary>An authority, a server's certificate for an address, and a client's.</summary>
    public static LabCertificates Create(string folder, string serverAddress)
    {
        Directory.CreateDirectory(folder);
        var files = new LabCertificates(folder);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=lab authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(files.Authority, authority.ExportCertificatePem() + "\n");
        Sign(authority, "CN=etcd", serverAddress, files.ServerCertificate, files.ServerKey);
        Sign(authority, "CN=gateway", null, files.ClientCertificate, files.ClientKey);
        return files;
    }

    private static void Sign(X509Certificate2 authority, string name, string? address, string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        // Server and client authentication both: etcd's gateway is a client of itself.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        if (address is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Parse(address));
            request.CertificateExtensions.Add(names.Build());
        }
        using var signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(certificatePath, signed.ExportCertificatePem() + "\n");
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(keyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
