using Meduza.Lab.Harness;

namespace Meduza.Lab.Commits;

public class HostsRecordTests
{
    [Fact]
    public void A_record_is_served_as_soon_as_it_is_written_without_a_commit()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        Assert.Contains("10.1.0.77\tknown.test\n", HostsFile(solo), StringComparison.Ordinal);

        solo.Etcd.Put(("/dns/hosts/live.test", "10.1.0.78\n10.1.0.79"), ("/dns/hosts/bad.test", "not an address"), ("/dns/hosts/-bad-", "10.1.0.80"));
        solo.Init.WaitUntil(
            () => HostsFile(solo) == "10.1.0.77\tknown.test\n10.1.0.78\tlive.test\n10.1.0.79\tlive.test\n", "the record is in the file, the bad ones are not");
        solo.Init.WaitUntil(
            () => solo.Host.Resolve("live.test", "10.1.0.1") is ["10.1.0.78", "10.1.0.79"] or ["10.1.0.79", "10.1.0.78"], "dnsmasq answers with it");

        solo.Etcd.Delete("/dns/hosts/known.test", "/dns/hosts/live.test");
        solo.Init.WaitUntil(() => HostsFile(solo).Length == 0, "the file is empty");
        Assert.Equal(daemons, solo.Gateway.Daemons());
    }

    [Fact]
    public void The_file_is_there_and_empty_before_anything_is_known()
    {
        using var solo = SoloGateway.Create();
        solo.Etcd.Stop();
        var init = solo.Gateway.Start();
        init.WaitUntil(() => File.Exists($"{init.Root}/etc/etcd_hosts"), "the file is there");
        Assert.Equal("", HostsFile(solo));
    }

    private static string HostsFile(SoloGateway solo) => File.ReadAllText($"{solo.Init.Root}/etc/etcd_hosts");
}
