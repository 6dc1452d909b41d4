using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Model;

/// <summary>/dns/hosts/: each good record is there, whatever its neighbours are.</summary>
public sealed class HostRecordsTests
{
    private static (string Text, IEnumerable<string> Warned) Render(KeySet keys)
    {
        var (records, warnings) = HostRecords.Parse(keys.Snapshot.Keys);
        return (Encoding.UTF8.GetString(HostsRenderer.Render(records)), warnings.Select(warning => warning.Key));
    }

    [Fact]
    public void Hosts_are_sorted_by_name_and_addresses_stay_in_their_order()
    {
        var (text, warned) = Render(KeySet.Empty.With("/dns/hosts/",
            ("gateway.internal", "10.42.1.1"), ("db.example.com", "192.168.1.102\n192.168.1.100\r\n\nfd00::1\n192.168.1.100"), ("API.service", "172.16.0.10")));
        Assert.Equal("172.16.0.10\tapi.service\n192.168.1.102\tdb.example.com\n192.168.1.100\tdb.example.com\nfd00::1\tdb.example.com\n10.42.1.1\tgateway.internal\n", text);
        Assert.Empty(warned);
    }

    [Theory]
    [InlineData("bad name", "10.0.0.1")]
    [InlineData("a\tb", "10.0.0.1")]
    [InlineData("a\n10.0.0.9 evil", "10.0.0.1")]
    [InlineData("-x", "10.0.0.1")]
    [InlineData("a..b", "10.0.0.1")]
    [InlineData("a/b", "10.0.0.1")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("", "10.0.0.1")]
    [InlineData("empty.example", "")]
    [InlineData("word.example", "localhost")]
    [InlineData("octal.example", "010.0.0.1")]
    [InlineData("zone.example", "fe80::1%eth0")]
    [InlineData("nul.example", "10.0.0.1\0")]
    [InlineData("smuggled.example", "10.0.0.1 evil.example")]
    public void Bad_record_is_left_out_with_a_warning_and_the_others_stay(string name, string value)
    {
        var (text, warned) = Render(KeySet.Empty.With("/dns/hosts/", ("good.example", "10.0.0.7"), (name, value)));
        Assert.Equal("10.0.0.7\tgood.example\n", text);
        Assert.Equal(["/dns/hosts/" + name], warned);
    }

    [Fact]
    public void Bad_address_is_left_out_and_the_others_of_its_record_stay()
    {
        var (text, warned) = Render(KeySet.Empty.With("/dns/hosts/a.example", "10.0.0.1\nnonsense\n10.0.0.2"));
        Assert.Equal("10.0.0.1\ta.example\n10.0.0.2\ta.example\n", text);
        Assert.Single(warned);
    }

    [Fact]
    public void Value_that_is_not_utf8_hides_nothing_but_itself()
    {
        var (text, warned) = Render(KeySet.Empty.With("/dns/hosts/a.example", new byte[] { 0xff, 0xfe }).With("/dns/hosts/b.example", "10.0.0.1"));
        Assert.Equal("10.0.0.1\tb.example\n", text);
        Assert.Equal(["/dns/hosts/a.example"], warned);
    }

    [Fact]
    public void A_bad_record_never_stops_a_commit()
    {
        var result = Fleet.Keys.With("/dns/hosts/bad name", "x").Parse();
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, warning => warning.Key == "/dns/hosts/bad name");
    }
}
