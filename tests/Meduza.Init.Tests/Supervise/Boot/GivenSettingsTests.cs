using Meduza.Init.Supervise.Boot;

namespace Meduza.Init.Tests.Supervise.Boot;

public sealed class GivenSettingsTests
{
    private readonly List<string> _warnings = [];

    private string[] File(string text) => [.. GivenSettings.FromFile(text, _warnings.Add).Select(s => $"{s.Key}={s.Value}")];

    [Fact]
    public void A_file_has_a_setting_a_line_and_comments()
    {
        Assert.Equal(
            ["NODE_ID=gw1", "ETCD_PASS=a=b # c", "ETCD_USER=x y", "EMPTY="],
            File("# this node\n\nNODE_ID=gw1\r\n  ETCD_PASS=a=b # c\nETCD_USER=\"x y\"\nEMPTY=\n"));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_line_that_is_no_setting_is_left_out_and_told_of_without_its_text()
    {
        Assert.Equal(["B=2"], File("export PASS=secret\nB=2\nsecret\n=secret\n"));

        Assert.Equal(3, _warnings.Count);
        Assert.All(_warnings, w => Assert.DoesNotContain("secret", w, StringComparison.Ordinal));
        Assert.Contains("line 1 ", _warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_line_has_those_with_our_prefix_in_capitals_alone() => Assert.Equal(
        ["NODE_ID=gw1", "ETCD_ENDPOINTS=https://a:2379,https://b:2379"],
        GivenSettings.FromCommandLine("root=/dev/sda1 meduza.NODE_ID=gw1 quiet meduza.=x meduza.address=eth0:192.0.2.2/24 meduza.ETCD_ENDPOINTS=https://a:2379,https://b:2379 nomeduza.X=1\n")
            .Select(s => $"{s.Key}={s.Value}"));
}
