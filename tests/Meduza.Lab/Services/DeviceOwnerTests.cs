using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>Why a device that a daemon made is not looked at any more once it is there: without it the daemon ends by itself.</summary>
public sealed class DeviceOwnerTests
{
    [Fact]
    public void Tincd_ends_when_its_device_is_deleted_and_the_next_one_has_it_again_with_its_address()
    {
        using var solo = SoloGateway.Start();
        var pid = (int)solo.Gateway.Service("tinc")["pid"]!;

        Must.Run(solo.Gateway.Network.Command("ip", "link", "delete", "tnc0"));

        solo.Init.WaitUntil(() => (int)solo.Gateway.UntilState("tinc", "ready")["pid"]! != pid, "another tincd");
        solo.Init.WaitUntil(
            () => solo.Gateway.Network.Run("ip", "address", "show", "dev", "tnc0").Output.Contains("10.255.0.1/24", StringComparison.Ordinal), "its address");
    }
}
