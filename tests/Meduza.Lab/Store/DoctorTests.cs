using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Store;

/// <summary>What <c>meduza doctor</c> says of an etcd that asks who is there.</summary>
public sealed class DoctorTests
{
    [Fact]
    public void Certificates_are_tried_as_the_agent_would_and_those_of_a_stranger_named()
    {
        using var lab = LabNetwork.Create(new() { Tls = true });
        var gateway = lab.AddGateway("gw");
        var good = lab.Etcd.Certificates!;
        gateway.Start(good);
        Assert.StartsWith("reached, at revision ", Ok(gateway), StringComparison.Ordinal);

        var stranger = LabCertificates.Create($"{lab.Folder.Path}/stranger", "192.0.2.1");
        Put(gateway, "cert", stranger.ClientCertificate);
        Put(gateway, "key", stranger.ClientKey);
        Assert.Contains("check ETCD_CERT and ETCD_KEY", Problem(gateway), StringComparison.Ordinal);

        Put(gateway, "cert", good.ClientCertificate);
        Assert.Contains("the key must belong to the certificate", Problem(gateway), StringComparison.Ordinal);

        Put(gateway, "key", good.ClientKey);
        Put(gateway, "ca", stranger.Authority);
        Assert.Contains("is not signed by the authority in ETCD_CA", Problem(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public void Login_is_tried_as_the_agent_would_and_a_wrong_password_is_told_and_not_shown()
    {
        using var lab = LabNetwork.Create(new() { Password = "right" });
        var gateway = lab.AddGateway("gw");
        gateway.Start(["ETCD_USER=gateway", "ETCD_PASS=right"]);
        Assert.StartsWith("reached, at revision ", Ok(gateway), StringComparison.Ordinal);

        gateway.Start(["ETCD_USER=gateway", "ETCD_PASS=wrong-one"]);
        Assert.Contains("does not accept user 'gateway' with this password: check ETCD_USER and ETCD_PASS", Problem(gateway), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", gateway.Init.Meduza("doctor").Output, StringComparison.Ordinal);

        gateway.Start();
        Assert.Contains("wants a login: set ETCD_USER and ETCD_PASS", Problem(gateway), StringComparison.Ordinal);
    }

    private static void Put(Gateway gateway, string name, string from) => File.Copy(from, $"{gateway.Init.Root}/etc/etcd-{name}.pem", overwrite: true);

    private static string Ok(Gateway gateway) => Detail(gateway, "ok");

    private static string Problem(Gateway gateway) => Detail(gateway, "problem");

    /// <summary>What is said of etcd, which must be of that level.</summary>
    private static string Detail(Gateway gateway, string level)
    {
        gateway.Init.WaitUntil(() => File.Exists(gateway.Init.ControlSocket), "PID 1 has done its first steps");
        var json = gateway.Init.Meduza("doctor", "--json");
        Assert.True(json.Error.Length == 0, json.Error);
        var finding = JsonNode.Parse(json.Output)!["findings"]!.AsArray().Single(f => (string?)f!["part"] == "etcd")!;
        Assert.True(level == (string?)finding["level"], finding.ToJsonString());
        return (string)finding["detail"]!;
    }
}
