using Meduza.Init.Agent;

namespace Meduza.Init.Tests.Agent;

public sealed class MachineProbeTests
{
    [Theory]
    [InlineData("OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)]\nlibrary versions: x", 2, 6)]
    [InlineData("OpenVPN 2.7_beta1 x86_64", 2, 7)]
    public void The_version_of_openvpn_is_the_second_word(string output, int major, int minor)
    {
        var version = MachineProbe.ParseOpenVpnVersion(output);

        Assert.Equal((major, minor), (version!.Major, version.Minor));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sh: openvpn: not found")]
    [InlineData("OpenVPN")]
    public void Other_output_has_no_version(string output) => Assert.Null(MachineProbe.ParseOpenVpnVersion(output));
}
