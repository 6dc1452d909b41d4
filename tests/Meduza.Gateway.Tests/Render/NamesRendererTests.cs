using System.Net;
using System.Text;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Render;

public sealed class NamesRendererTests
{
    private static readonly NameUpstreams Both = new([new("mosdns", 1153), new("mihomo", 1053)], [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")]);

    private static string[] Asked(params string[] answering) =>
        Encoding.UTF8.GetString(Both.Servers(program => answering.Contains(program.Service))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void MosDNS_is_asked_before_mihomo_and_both_before_the_fallbacks() => Assert.Equal(
        ["server=127.0.0.1#1153", "server=127.0.0.1#1053", "server=192.0.2.1", "server=192.0.2.2"], Asked("mihomo", "mosdns"));

    [Fact]
    public void Who_does_not_answer_is_not_asked_and_the_last_resolver_has_the_place_of_each()
    {
        Assert.Equal(["server=127.0.0.1#1053", "server=192.0.2.1", "server=192.0.2.2", "server=192.0.2.2"], Asked("mihomo"));
        Assert.Equal(["server=192.0.2.1", "server=192.0.2.2", "server=192.0.2.2", "server=192.0.2.2"], Asked());
    }

    [Fact]
    public void A_resolver_that_does_not_answer_comes_after_those_that_may_and_where_none_does_all_is_as_it_was()
    {
        var names = new NameUpstreams([new("mosdns", 1153)], [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.3")]);
        string Order(Func<IPAddress, bool> isSilent) => string.Concat(Encoding.UTF8.GetString(names.Servers(_ => false, isSilent)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[^1]));
        Assert.Equal("2311", Order(address => address.ToString() == "192.0.2.1"));
        Assert.Equal("1233", Order(_ => true));
    }

    [Fact]
    public void Without_anybody_nobody_is_asked() => Assert.Empty(new NameUpstreams([new("mosdns", 1153)], []).Servers(_ => false));

    [Fact]
    public void Only_those_that_listen_where_dnsmasq_asks_are_asked()
    {
        var keys = Fleet.Keys.With("/nodes/gw-a/", ("dnsmasq/enable", "true"), ("mosdns/enable", "true"));
        Assert.Equal(["mosdns"], keys.Render("gw-a").Names!.Programs.Select(program => program.Service));
        var elsewhere = keys.With("/global/mosdns/plugins", "- type: udp_server\n  args: {listen: '127.0.0.1:5353'}\n");
        Assert.Empty(elsewhere.Render("gw-a").Names!.Programs);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public void What_is_rendered_for_names_alone_is_what_the_whole_has_of_them(string mosdns)
    {
        var config = Fleet.Keys.With("/nodes/gw-a/", ("dnsmasq/enable", "true"), ("mosdns/enable", mosdns)).With("/dns/hosts/a.test", "10.0.0.1").Config("gw-a");
        var machine = new Machine();

        var (whole, names) = (Renderer.Render(config, machine), Renderer.RenderNames(config, machine));

        var service = Assert.Single(names.Services);
        Assert.True(service.SameProcessAs(whole.Services.Single(other => other.Name == NameUpstreams.Service)));
        Assert.Equal(whole.Services.Single(other => other.Name == NameUpstreams.Service).ReloadRevision, service.ReloadRevision);
        Assert.All(names.Folders, folder => Assert.Contains(folder, whole.Folders));
        Assert.All(names.Files, file =>
        {
            var there = whole.Files.Single(other => other.Path == file.Path);
            Assert.Equal((there.Mode, there.Owner, there.Secret), (file.Mode, null, false));
            Assert.True(file.Live || there.Content.Span.SequenceEqual(file.Content.Span));
        });
    }

    [Fact]
    public void Where_dnsmasq_is_off_nobody_asks() =>
        Assert.Null(Fleet.Keys.With("/nodes/gw-a/dnsmasq/enable", "false").Render("gw-a").Names);

    [Fact]
    public void This_machines_programs_ask_dnsmasq_while_it_is_there_and_the_fallbacks_while_it_is_not()
    {
        static string Servers(bool isReady) => string.Join(
            ' ', Encoding.UTF8.GetString(ResolvConf.Text(isReady, Both.Fallbacks)).Split('\n').Where(line => line.Length > 0 && line[0] != '#'));
        Assert.Equal("nameserver 127.0.0.1", Servers(isReady: true));
        Assert.Equal("nameserver 192.0.2.1 nameserver 192.0.2.2", Servers(isReady: false));
    }
}
