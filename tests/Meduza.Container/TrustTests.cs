using Meduza.Container.Harness;
using Meduza.Image.Root;
using Meduza.Lab.Harness;

namespace Meduza.Container;

/// <summary>TLS by the libraries and the authorities that are in the image: handshakes of the real agent with a real etcd.</summary>
public class TrustTests
{
    [Fact]
    public void An_etcd_is_believed_where_the_bundle_of_the_image_has_its_authority_and_nowhere_else()
    {
        using var lab = LabNetwork.Create(new EtcdOptions { Tls = true });
        var certificates = lab.Etcd.Certificates!;
        using (var stranger = RunningContainer.Start(lab.Folder, Setup("stranger")))
        {
            stranger.WaitForOutput(line => line.Contains("is not signed by an authority that this machine trusts: set ETCD_CA", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
            Assert.DoesNotContain("connected to etcd", stranger.Output, StringComparison.Ordinal);
        }

        // No ETCD_CA here either: it is the file that update-ca-certificates writes which is read.
        using var known = RunningContainer.Prepare(lab.Folder, Setup("known"));
        File.AppendAllText($"{known.Root}/{Certificates.Bundle}", File.ReadAllText(certificates.Authority));
        known.Begin();
        known.WaitForOutput(line => line.Contains("connected to etcd", StringComparison.Ordinal), TimeSpan.FromMinutes(1));

        ContainerSetup Setup(string name) => new()
        {
            Name = name,
            Network = lab.AddGateway(name).Network,
            Environment = [$"NODE_ID={name}", $"ETCD_ENDPOINTS={lab.Etcd.Endpoint}", "ETCD_CERT=/etc/etcd/client.pem", "ETCD_KEY=/etc/etcd/client.key"],
            Binds = [(Path.GetDirectoryName(certificates.Authority)!, "/etc/etcd")],
        };
    }
}
