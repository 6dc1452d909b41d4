using System.Text;
using Meduza.Gateway.Generate;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Lint;
using Meduza.Gateway.Tests.Render;

namespace Meduza.Gateway.Tests.Generate;

/// <summary>What each generator gives, from the same renderers that a gateway uses.</summary>
public sealed class GeneratorTests
{
    private static readonly Machine Machine = new();

    [Fact]
    public void Frr_is_its_whole_configuration()
    {
        var output = Generator.Generate("frr", Fleet.Keys.Config("gw-b"), Machine);
        Assert.Equal(Content("/etc/frr/frr.conf"), output.FrrConf);
        Assert.Null(output.ConfigText);
    }

    [Fact]
    public void Tinc_is_its_configuration_its_arguments_and_its_other_files()
    {
        var output = Generator.Generate("tinc", Fleet.Keys.Config("gw-b"), Machine);
        Assert.Contains("Name = gwb", output.ConfigText!, StringComparison.Ordinal);
        Assert.Equal(["-n", "mesh", "-D"], output.Args!.Value.Take(3));
        Assert.Equal(
            [("/etc/tinc/mesh/hosts/gwa", 0x1a4), ("/etc/tinc/mesh/hosts/gwb", 0x1a4), ("/etc/tinc/mesh/rsa_key.priv", 0x180)],
            output.Files!.Value.Select(file => (file.Path, file.Mode)));
    }

    [Fact]
    public void Openvpn_is_an_instance_each_with_its_secrets_beside_it()
    {
        var instance = Assert.Single(Generator.Generate("openvpn", Fleet.Keys.Config("gw-b"), Machine).Instances!.Value);
        Assert.Equal(("office", "tun0"), (instance.Name, instance.Dev));
        Assert.Equal(Content("/etc/openvpn/generated/office.conf"), instance.Config);
        var secret = Assert.Single(instance.Files);
        Assert.Equal(("/etc/openvpn/generated/office.secret", 0x180), (secret.Path, secret.Mode));
    }

    [Fact]
    public void Wireguard_names_the_resolvers_of_a_device_in_their_order()
    {
        var keys = Fleets.WireGuard.With("/nodes/gw-a/wireguard/link/dns", "10.0.0.53\ncorp.example");
        Assert.Contains("\nDNS = 10.0.0.53, corp.example\n", Assert.Single(Generator.Generate("wireguard", keys.Config(), Machine).Instances!.Value).Config, StringComparison.Ordinal);
    }

    [Fact]
    public void Wireguard_is_text_for_wg_quick_that_sets_no_routes()
    {
        var keys = Fleets.WireGuard.With("/nodes/gw-a/wireguard/link/peer/gw-b/", ("endpoint", "[2001:db8::1]:51820"), ("persistent_keepalive", "25"), ("preshared_key", Fleets.Key(5)));
        var instance = Assert.Single(Generator.Generate("wireguard", keys.Config(), Machine).Instances!.Value);
        Assert.Equal(("link", "wg-link"), (instance.Name, instance.Dev));
        Assert.Equal(
            $"""
            [Interface]
            PrivateKey = {Fleets.Key(1)}
            ListenPort = 51820
            Address = 10.9.0.1/30
            MTU = 1420
            Table = off

            [Peer]
            PublicKey = {Fleets.PublicKey(2)}
            PresharedKey = {Fleets.Key(5)}
            AllowedIPs = 0.0.0.0/0
            Endpoint = [2001:db8::1]:51820
            PersistentKeepalive = 25

            """, instance.Config);
    }

    [Fact]
    public void Easytier_and_dnsmasq_are_text_and_arguments()
    {
        var easyTier = Generator.Generate("easytier", EasyTierRendererTests.Keys.Config(), Machine);
        Assert.Contains("network_name = \"mesh\"", easyTier.ConfigText!, StringComparison.Ordinal);
        Assert.Equal(["--config-file", "/etc/easytier/config.toml"], easyTier.Args!.Value);
        Assert.Empty(easyTier.Files!.Value);
        var dnsmasq = Generator.Generate("dnsmasq", Fleet.Keys.Config(), Machine);
        Assert.Contains("port=53", dnsmasq.ConfigText!, StringComparison.Ordinal);
        Assert.Equal(["/run/dnsmasq/servers"], dnsmasq.Files!.Value.Select(file => file.Path));
    }

    [Fact]
    public void Every_generator_answers_for_a_node_that_has_nothing()
    {
        foreach (var tool in Generator.Names)
        {
            var output = Generator.Generate(tool, KeySet.Empty.Config(), Machine);
            Assert.Empty($"{output.ConfigText}{output.ConfigYaml}{output.FrrConf}");
            Assert.Empty(output.Instances ?? []);
        }
    }

    [Fact]
    public void Tool_without_a_generator_is_answered_by_those_that_there_are() =>
        Assert.Contains("easytier, tinc, openvpn, wireguard, frr, dnsmasq", Assert.Throws<ArgumentException>(() => Generator.Generate("ospf", Fleet.Keys.Config(), Machine)).Message, StringComparison.Ordinal);

    private static string Content(string path) => Encoding.UTF8.GetString(Fleet.Keys.Render("gw-b").Files.Single(file => file.Path == path).Content.Span);
}
