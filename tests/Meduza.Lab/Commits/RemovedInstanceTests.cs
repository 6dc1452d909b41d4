using Meduza.Lab.Harness;

namespace Meduza.Lab.Commits;

public class RemovedInstanceTests
{
    [Fact]
    public void A_removed_OpenVPN_instance_leaves_no_process_no_secret_and_no_status()
    {
        using var solo = SoloGateway.Start();
        var folder = $"{solo.Init.Root}/etc/openvpn/generated";
        Assert.NotEmpty(Directory.GetFiles(folder));
        Assert.All(Directory.GetFiles(folder), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        var others = solo.Gateway.Daemons().Where(p => p.Name != "openvpn").ToList();

        var keys = solo.Etcd.GetPrefix($"/nodes/{SoloGateway.Node}/openvpn/");
        solo.Etcd.Delete([.. keys.Select(k => k.Key)]);
        solo.Apply("no more OpenVPN");

        Assert.Empty(Directory.GetFiles(folder));
        Assert.Equal(others, solo.Gateway.Daemons());
        Assert.NotEqual(0, solo.Gateway.Network.Run("ip", "link", "show", "tun-link").ExitCode);
        solo.Lab.Events.WaitFor($"/updated/{SoloGateway.Node}/openvpn/{SoloGateway.OpenVpnName}/status", e => e.Value is null);
        Assert.DoesNotContain("65003", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
    }
}
