using Meduza.Gateway.Model.OpenVpn;

namespace Meduza.Gateway.Tests.Model;

/// <summary>What stops a commit, what does not, and what keys mean.</summary>
public sealed class ConfigParserTests
{
    [Fact]
    public void Fleet_of_good_keys_parses_without_a_finding()
    {
        foreach (var node in (string[])["gw-a", "gw-b"])
        {
            var result = Fleet.Keys.Parse(node);
            Assert.Empty(result.Errors);
            Assert.Empty(result.Warnings);
            Assert.NotNull(result.Config);
        }
    }

    [Fact]
    public void Node_without_a_key_is_a_gateway_that_does_nothing()
    {
        var config = KeySet.Empty.Config("new-node");
        Assert.Null(config.Tinc);
        Assert.Null(config.Ospf);
        Assert.Null(config.Bgp);
        Assert.False(config.DnsmasqEnabled);
        Assert.Empty(config.OpenVpn);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("-x")]
    [InlineData("a..b")]
    public void Node_id_that_is_no_name_is_an_error(string id) => Assert.Null(Fleet.Keys.Parse(id).Config);

    [Theory]
    [InlineData("/nodes/gw-b/tinc/port", "0")]
    [InlineData("/nodes/gw-b/tinc/public_key", "nonsense")]
    [InlineData("/nodes/gw-b/tinc/ipv4", "x")]
    [InlineData("/nodes/gw-b/tinc/enable", "perhaps")]
    [InlineData("/nodes/gw-b/tinc/name", "gwa")]
    public void Bad_key_of_another_node_leaves_that_peer_out_with_a_warning(string key, string value)
    {
        var result = Fleet.Keys.With(key, value).Parse("gw-a");
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, warning => warning.Key == key);
        Assert.Empty(result.Config!.Tinc!.Peers);
        Assert.Single(Fleet.Keys.Config("gw-a").Tinc!.Peers);
    }

    [Fact]
    public void Bad_item_in_another_nodes_private_lans_does_not_uncover_the_good_ones()
    {
        var result = Fleet.Keys.With("/nodes/gw-a/private_lan", "10.99.10.0/24\nnonsense").Parse("gw-b");
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, warning => warning.Key == "/nodes/gw-a/private_lan");
        Assert.Contains("10.99.10.0/24", result.Config!.FleetPrivateLans.Select(lan => lan.ToString()));
    }

    [Fact]
    public void Bad_key_of_what_is_not_enabled_is_a_warning()
    {
        var result = Fleet.Keys
            .With("/nodes/gw-a/bgp/asn", "0")
            .With("/nodes/gw-a/openvpn/off/", ("secret", "/etc/key"), ("up", "/bin/sh"), ("port", "0"))
            .With("/global/bgp/filter/in", "nonsense")
            .Parse("gw-a");
        Assert.Empty(result.Errors);
        Assert.Equal(
            ["/global/bgp/filter/in", "/nodes/gw-a/bgp/asn", "/nodes/gw-a/openvpn/off/port", "/nodes/gw-a/openvpn/off/secret", "/nodes/gw-a/openvpn/off/up"],
            result.Warnings.Select(warning => warning.Key));
    }

    [Fact]
    public void Unknown_key_is_a_warning_that_names_the_nearest_known_one()
    {
        var result = Fleet.Keys
            .With("/nodes/gw-a/tinc/prot", "655").With("/nodes/gw-a/opsf/enable", "true").With("/global/bgp/filter/inn", "x").With("/nodes/gw-a/zzz", "1")
            .Parse("gw-a");
        Assert.Empty(result.Errors);
        var messages = result.Warnings.ToDictionary(warning => warning.Key, warning => warning.Message);
        Assert.Contains("/nodes/gw-a/tinc/port", messages["/nodes/gw-a/tinc/prot"], StringComparison.Ordinal);
        Assert.Contains("/nodes/gw-a/ospf/enable", messages["/nodes/gw-a/opsf/enable"], StringComparison.Ordinal);
        Assert.Contains("/global/bgp/filter/in", messages["/global/bgp/filter/inn"], StringComparison.Ordinal);
        Assert.DoesNotContain("did you mean", messages["/nodes/gw-a/zzz"], StringComparison.Ordinal);
    }

    [Fact]
    public void No_key_that_is_like_an_unknown_one_is_named_with_what_no_line_may_hold()
    {
        var warnings = Fleet.Keys.With("/nodes/gw-a/openvpn/a\nb/lo", "1").With("/nodes/gw-a/openvpn/\ufeff/lo", "1").Parse("gw-a").Warnings;

        Assert.NotEmpty(warnings);
        Assert.All(warnings, warning => Assert.DoesNotContain("did you mean", warning.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/nodes/gw-a/access/enable", "yes")]
    public void What_this_version_does_not_drive_is_said_plainly(string key, string value)
    {
        var result = Fleet.Keys.With(key, value).Parse("gw-a");
        Assert.Empty(result.Errors);
        Assert.Contains(result.Warnings, warning => warning.Key == key && warning.Message.Contains("not driven by this version", StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_keys_are_named_with_what_they_are_needed_for()
    {
        var result = KeySet.Empty.With("/global/mesh_type", "tinc")
            .With("/nodes/gw-a/", ("tinc/enable", "true"), ("bgp/enable", "true"), ("openvpn/x/enable", "true"))
            .Parse("gw-a");
        Assert.Equal(
            ["/nodes/gw-a/bgp/asn", "/nodes/gw-a/openvpn/x/", "/nodes/gw-a/tinc/private_key", "/nodes/gw-a/tinc/public_key"],
            result.Errors.Select(error => error.Key));
    }

    [Fact]
    public void Two_instances_with_one_device_are_an_error()
    {
        var result = Fleet.Keys.With("/nodes/gw-b/openvpn/zweite/",
            ("enable", "true"), ("dev", "tun0"), ("port", "1196"), ("ifconfig", "10.1.0.1 10.1.0.2"), ("secret", Material.Of("static.key"))).Parse("gw-b");
        Assert.Equal(["/nodes/gw-b/openvpn/zweite/dev"], result.Errors.Select(error => error.Key));
        Assert.NotNull(Fleet.Keys.With("/nodes/gw-b/tinc/dev_name", "tun0").Parse("gw-b").Errors.Single());
    }

    [Fact]
    public void Two_instances_on_one_port_are_an_error_unless_one_only_connects()
    {
        var keys = Fleet.Keys.With("/nodes/gw-b/openvpn/zweite/",
            ("enable", "true"), ("port", "1195"), ("ifconfig", "10.1.0.1 10.1.0.2"), ("secret", Material.Of("static.key")));
        Assert.Equal(["/nodes/gw-b/openvpn/zweite/port"], keys.Parse("gw-b").Errors.Select(error => error.Key));
        Assert.Empty(keys.With("/nodes/gw-b/openvpn/zweite/", ("nobind", "true"), ("remote", "192.0.2.9")).Parse("gw-b").Errors);
        Assert.Empty(keys.With("/nodes/gw-b/openvpn/zweite/proto", "tcp-server").Parse("gw-b").Errors);
    }

    [Fact]
    public void Default_device_name_that_does_not_fit_must_be_given()
    {
        var result = Fleet.Keys.With("/nodes/gw-b/openvpn/a-rather-long-name/",
            ("enable", "true"), ("port", "1196"), ("ifconfig", "10.1.0.1 10.1.0.2"), ("secret", Material.Of("static.key"))).Parse("gw-b");
        Assert.Equal(["/nodes/gw-b/openvpn/a-rather-long-name/dev"], result.Errors.Select(error => error.Key));
    }

    [Theory]
    [InlineData("up")]
    [InlineData("plugin")]
    [InlineData("script_security")]
    [InlineData("user")]
    [InlineData("log_append")]
    [InlineData("management")]
    [InlineData("status")]
    [InlineData("config")]
    [InlineData("auth_user_pass")]
    [InlineData("tls_verify")]
    [InlineData("setenv")]
    [InlineData("chroot")]
    [InlineData("daemon")]
    [InlineData("writepid")]
    [InlineData("engine")]
    [InlineData("iproute")]
    public void Directive_that_a_key_must_not_set_is_refused_with_the_reason(string directive)
    {
        var result = Fleet.Keys.With($"/nodes/gw-b/openvpn/office/{directive}", "x").Parse("gw-b");
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("is refused: the directive ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_directive_of_openvpn_is_either_allowed_or_refused_and_never_both()
    {
        var allowed = DirectiveTable.Allowed.Select(shape => shape.Name).ToList();
        var refused = RefusedDirectives.All.Select(directive => directive.Name).ToList();
        Assert.Equal(allowed.Count, allowed.Distinct().Count());
        Assert.Equal(refused.Count, refused.Distinct().Count());
        Assert.Empty(allowed.Intersect(refused));
        var help = Meduza.Linux.Process.Command.Run("openvpn", ["--help"], TimeSpan.FromSeconds(10)).Output;
        var known = help.Split('\n').Where(line => line.StartsWith("--", StringComparison.Ordinal))
            .Select(line => line[2..].Split(' ', '\t', ':')[0]).Distinct()
            // Keys of their own, and what is a command of its own and not an option of a tunnel.
            .Except(["ca", "cert", "key", "secret", "tls-auth", "tls-crypt", "dev", "proto", "port", "remote", "ifconfig", "keepalive"])
            .Except(["help", "version"]).Where(name => !name.StartsWith("show-", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(known);
        Assert.Empty(known.Except(allowed).Except(refused));
    }

    [Fact]
    public void Overlay_that_carries_no_multicast_is_a_warning_where_ospf_needs_it()
    {
        var routed = Fleet.Keys.With("/nodes/gw-a/tinc/mode", "router");
        Assert.Equal(["/nodes/gw-a/tinc/mode"], routed.Parse().Warnings.Select(warning => warning.Key));
        Assert.Empty(routed.With("/nodes/gw-a/ospf/enable", "false").Parse().Warnings);
    }

    [Fact]
    public void Static_key_and_tls_do_not_mix()
    {
        var keys = Fleet.Keys.With("/nodes/gw-b/openvpn/office/", ("ca", Material.Of("ca.crt")), ("tls_crypt", Material.Of("tls.key")), ("tls_client", "true"));
        Assert.Equal(
            ["/nodes/gw-b/openvpn/office/secret", "/nodes/gw-b/openvpn/office/tls_client", "/nodes/gw-b/openvpn/office/tls_crypt"],
            keys.Parse("gw-b").Errors.Select(error => error.Key));
    }

    [Fact]
    public void Static_key_without_addresses_is_an_error() => Assert.Equal(
        ["/nodes/gw-b/openvpn/office/ifconfig"],
        Fleet.Keys.Without("/nodes/gw-b/openvpn/office/ifconfig").Parse("gw-b").Errors.Select(error => error.Key));

    [Theory]
    [InlineData("ping", "10", "proto", "udp")]
    [InlineData("fragment", "1300", "proto", "tcp-client")]
    [InlineData("explicit_exit_notify", "true", "proto", "tcp-client")]
    [InlineData("http_proxy", "proxy.example 8080", "proto", "udp")]
    [InlineData("nobind", "true", "remote", " ")]
    [InlineData("nobind", "true", "proto", "tcp-server")]
    [InlineData("local", "192.0.2.1", "nobind", "true")]
    [InlineData("ifconfig", "10.0.0.1 255.255.255.0", "dev", "tun0")]
    [InlineData("ifconfig", "10.0.0.1 10.0.0.2", "dev", "tap0")]
    [InlineData("ifconfig", "10.0.0.1 10.0.0.2", "topology", "subnet")]
    public void What_openvpn_would_not_start_with_is_an_error(string key, string value, string with, string set) => Assert.Contains(
        Fleet.Keys.With("/nodes/gw-b/openvpn/office/", (key, value), (with, set)).Parse("gw-b").Errors,
        error => error.Key == "/nodes/gw-b/openvpn/office/" + key);

    [Fact]
    public void Half_a_bgp_peer_is_an_error_and_none_at_all_is_none()
    {
        const string Bgp = "/nodes/gw-b/openvpn/office/bgp/";
        Assert.Equal([Bgp + "peer_ip"], Fleet.Keys.Without(Bgp + "peer_ip").Parse("gw-b").Errors.Select(error => error.Key));
        Assert.Empty(Fleet.Keys.Without(Bgp + "peer_ip").Without(Bgp + "peer_asn").Config("gw-b").Bgp!.Peers);
        Assert.Empty(Fleet.Keys.With(Bgp + "enable", "false").Config("gw-b").Bgp!.Peers);
    }

    [Fact]
    public void Lists_are_read_alike_however_they_were_written_and_sorted_by_address()
    {
        var written = Fleet.Keys.With("/nodes/gw-a/lan", "  10.100.0.0/16 \r\n\r\n10.20.0.0/16\r9.0.0.0/8\n10.20.0.0/16\n10.20.0.5/16").Parse();
        Assert.Equal(["9.0.0.0/8", "10.20.0.0/16", "10.100.0.0/16"], written.Config!.Lans.Select(lan => lan.ToString()));
        Assert.Contains(written.Warnings, warning => warning.Key == "/nodes/gw-a/lan" && warning.Message.Contains("10.20.0.5/16", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("YES", true)]
    [InlineData("1", true)]
    [InlineData("On", true)]
    [InlineData("False", false)]
    [InlineData("no", false)]
    [InlineData("0", false)]
    [InlineData("OFF", false)]
    public void Flags_are_read_in_every_spelling(string value, bool expected) =>
        Assert.Equal(expected, Fleet.Keys.With("/nodes/gw-a/dnsmasq/enable", value).Config().DnsmasqEnabled);

    [Fact]
    public void Dnsmasq_follows_mosdns_unless_it_is_set_itself()
    {
        Assert.True(KeySet.Empty.With("/nodes/gw-a/mosdns/enable", "true").Config().DnsmasqEnabled);
        Assert.False(KeySet.Empty.With("/nodes/gw-a/mosdns/enable", "true").With("/nodes/gw-a/dnsmasq/enable", "false").Config().DnsmasqEnabled);
    }

    [Fact]
    public void Every_key_that_is_read_is_found_in_the_table()
    {
        foreach (var key in Fleet.Keys.Snapshot.Keys.Keys)
            Assert.NotNull(Gateway.Model.Keys.KeyIndex.Default.Find(key));
        Assert.Equal(Gateway.Model.Keys.KeyTable.All.Length, Gateway.Model.Keys.KeyTable.All.Select(spec => spec.Template).Distinct().Count());
    }

    [Fact]
    public void Secrets_do_not_show_themselves_when_a_configuration_is_printed()
    {
        var text = Fleet.Keys.Config("gw-b").Tinc!.ToString() + Fleet.Keys.Config("gw-b").OpenVpn[0];
        Assert.DoesNotContain(Material.Of("static.key").Split('\n')[5], text, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN RSA PRIVATE", text, StringComparison.Ordinal);
    }
}
