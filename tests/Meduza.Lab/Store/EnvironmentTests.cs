using Meduza.Lab.Harness;

namespace Meduza.Lab.Store;

/// <summary>What an operator sees who has set something wrong: one line that says what it is and what to do, from a gateway that goes on trying.</summary>
public class EnvironmentTests
{
    [Fact]
    public void Without_a_node_id_it_says_so_and_stays()
    {
        using var solo = SoloGateway.Create();
        var init = solo.Gateway.Start(["NODE_ID"]);
        Complains(init, "NODE_ID");
        StaysAndTriesAgain(init, "NODE_ID");
    }

    [Fact]
    public void Without_an_endpoint_it_says_so_and_stays()
    {
        using var solo = SoloGateway.Create();
        var init = solo.Gateway.Start(["ETCD_ENDPOINTS"]);
        Complains(init, "ETCD_ENDPOINTS");
        StaysAndTriesAgain(init, "ETCD_ENDPOINTS");
    }

    [Fact]
    public void With_etcd_out_of_reach_it_names_the_endpoint_and_converges_when_etcd_comes()
    {
        using var solo = SoloGateway.Create();
        solo.Etcd.Commit("first");
        solo.Etcd.Stop();
        var init = solo.Gateway.Start();
        Complains(init, "192.0.2.1:2379");
        solo.Etcd.Start();
        Assert.Equal("applied", solo.Lab.Events.WaitForCommit(SoloGateway.Node, "first", timeout: TimeSpan.FromSeconds(60)).Result);
    }

    [Fact]
    public void With_a_wrong_password_it_says_so_and_converges_when_the_password_is_right()
    {
        using var solo = SoloGateway.Create(new() { Password = "right" });
        solo.Etcd.Commit("first");
        var init = solo.Gateway.Start(["ETCD_USER=gateway", "ETCD_PASS=wrong-one"]);
        Complains(init, "ETCD_PASS");
        Assert.DoesNotContain("wrong-one", init.Output, StringComparison.Ordinal);
        solo.Etcd.Ctl(["user", "passwd", "gateway", "--interactive=false"], "wrong-one\n");
        Assert.Equal("applied", solo.Lab.Events.WaitForCommit(SoloGateway.Node, "first", timeout: TimeSpan.FromSeconds(60)).Result);
    }

    [Fact]
    public void With_certificate_user_and_password_it_converges()
    {
        using var solo = SoloGateway.Create(new() { Tls = true, Password = "right" });
        solo.Gateway.Start(solo.Etcd.Certificates!, "ETCD_USER=gateway", "ETCD_PASS=right");
        solo.Apply("first");
        // A token that etcd has forgotten is renewed without a word.
        solo.Etcd.Stop();
        solo.Etcd.Start();
        solo.Apply("second", ("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"));
    }

    [Fact]
    public void With_certificates_of_a_stranger_it_says_so_and_converges_when_they_are_right()
    {
        using var solo = SoloGateway.Create(new() { Tls = true });
        solo.Etcd.Commit("first");
        var stranger = LabCertificates.Create($"{solo.Lab.Folder.Path}/stranger", "192.0.2.1");
        var init = solo.Gateway.Start(stranger);
        Complains(init, "ETCD_CA");
        Assert.Equal(3, init.Meduza("status").ExitCode);
        File.Copy(solo.Etcd.Certificates!.Authority, $"{init.Root}/etc/etcd-ca.pem", overwrite: true);
        File.Copy(solo.Etcd.Certificates.ClientCertificate, $"{init.Root}/etc/etcd-cert.pem", overwrite: true);
        File.Copy(solo.Etcd.Certificates.ClientKey, $"{init.Root}/etc/etcd-key.pem", overwrite: true);
        Assert.Equal("applied", solo.Lab.Events.WaitForCommit(SoloGateway.Node, "first", timeout: TimeSpan.FromSeconds(60)).Result);
    }

    [Fact]
    public void With_a_certificate_file_that_is_not_there_it_names_the_file()
    {
        using var solo = SoloGateway.Create(new() { Tls = true });
        var init = solo.Gateway.Start(["ETCD_CA=/etc/nowhere.pem"]);
        Complains(init, "/etc/nowhere.pem");
        StaysAndTriesAgain(init, "/etc/nowhere.pem");
    }

    /// <summary>One line that names what is wrong, and no stack trace around it.</summary>
    private static void Complains(PidOne init, string about)
    {
        init.WaitForOutput(l => l.Contains(about, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", init.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", init.Output, StringComparison.Ordinal);
    }

    /// <summary>The agent ended for it, is started again and says it again; PID 1 lives and answers.</summary>
    private static void StaysAndTriesAgain(PidOne init, string about)
    {
        init.WaitUntil(
            () => init.Output.Split('\n').Count(l => l.StartsWith("agent: ", StringComparison.Ordinal) && l.Contains(about, StringComparison.Ordinal)) > 1,
            "it is tried again");
        Assert.False(init.HasExited);
        Assert.Equal(3, init.Meduza("status").ExitCode);
    }
}
