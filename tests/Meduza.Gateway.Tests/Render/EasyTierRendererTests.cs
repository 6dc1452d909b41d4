using System.Text;
using CsCheck;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Plan;
using Tomlyn;
using Tomlyn.Model;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What EasyTier's keys become, read back by a library for TOML.</summary>
public sealed class EasyTierRendererTests
{
    /// <summary>The fields of easytier-core 2.4's file that have a place in a gateway's (its <c>Config</c>, <c>NetworkIdentity</c>, <c>PeerConfig</c>).</summary>
    private static readonly Dictionary<string, string[]> Fields = new()
    {
        [""] = ["instance_name", "hostname", "dhcp", "ipv4", "listeners", "mapped_listeners", "routes", "rpc_portal", "network_identity", "peer", "flags"],
        ["network_identity"] = ["network_name", "network_secret"],
        ["peer"] = ["uri"],
        ["flags"] = ["dev_name", "multi_thread", "private_mode"],
    };

    private const string Node = "/nodes/gw-a/easytier/";

    internal static KeySet Keys { get; } = KeySet.Empty
        .With("/global/easytier/", ("network_name", "mesh"), ("network_secret", "hunter2"))
        .With(Node, ("enable", "true"), ("ipv4", "10.20.0.1/24"), ("listeners", "tcp:11010\nudp://[::]:11010"),
            ("mapped_listeners", "tcp://gw-a.example.net:21010"), ("peers", "tcp://192.0.2.2:11010\nudp://gw-c.example.net:11010"));

    [Fact]
    public void File_has_exactly_the_fields_that_EasyTier_has()
    {
        var file = Read(Keys.Render());
        Assert.Equal(Fields[""].Order(), file.Keys.Order());
        Assert.Equal(("meduza", "gw-a", false, "10.20.0.1/24"), ((string)file["instance_name"], (string)file["hostname"], (bool)file["dhcp"], (string)file["ipv4"]));
        Assert.Equal(["tcp://0.0.0.0:11010", "udp://[::]:11010"], (TomlArray)file["listeners"]);
        Assert.Equal(["tcp://gw-a.example.net:21010"], (TomlArray)file["mapped_listeners"]);
        Assert.Empty((TomlArray)file["routes"]);
        Assert.Equal("127.0.0.1:15888", file["rpc_portal"]);
        Assert.Equal([("network_name", "mesh"), ("network_secret", "hunter2")], ((TomlTable)file["network_identity"]).Select(pair => (pair.Key, (string)pair.Value)));
        Assert.Equal(["tcp://192.0.2.2:11010", "udp://gw-c.example.net:11010"], ((TomlTableArray)file["peer"]).Select(peer => (string)Assert.Single(peer).Value));
        Assert.Equal([("dev_name", "et0"), ("multi_thread", true), ("private_mode", false)], ((TomlTable)file["flags"]).Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void With_dhcp_no_address_is_written()
    {
        var file = Read(Keys.With("/global/easytier/dhcp", "true").Render());
        Assert.True((bool)file["dhcp"]);
        Assert.False(file.ContainsKey("ipv4"));
    }

    [Fact]
    public void Any_text_in_any_place_is_read_back_as_it_was_and_adds_no_field() => Gen.Select(Text, Text).Sample((name, secret) =>
    {
        var result = Keys.With("/global/easytier/", ("network_name", name), ("network_secret", secret)).Parse();
        Assert.NotNull(result.Config);
        var file = Read(Renderer.Render(result.Config, new Machine()));
        AssertFields(file);
        var identity = (TomlTable)file["network_identity"];
        Assert.Equal((name.Trim(), secret.Trim()), ((string)identity["network_name"], (string)identity["network_secret"]));
    }, iter: 2_000);

    [Fact]
    public void Line_break_in_a_secret_is_refused()
    {
        foreach (var value in (string[])["a\nb", "a\r\nb", "x\0y", "a\u0085b", "a\u2028b"])
            Assert.Equal(["/global/easytier/network_secret"], Keys.With("/global/easytier/network_secret", value).Parse().Errors.Select(error => error.Key));
    }

    [Fact]
    public void Any_change_restarts_it_and_touches_nothing_else()
    {
        var before = Keys.Render();
        foreach (var (key, value) in ((string, string)[])
            [(Node + "peers", "tcp://192.0.2.3:11010"), ("/global/easytier/network_secret", "other"), (Node + "ipv4", "10.20.0.9/24"), ("/global/easytier/private_mode", "yes")])
        {
            var changes = Planner.Plan(Keys.With(key, value).Render(), Machines.After(before));
            Assert.Equal(["easytier"], changes.Components);
            Assert.Equal(["easytier"], changes.Defines.Select(service => service.Name));
        }
    }

    [Fact]
    public void Service_is_ready_when_its_device_exists_and_its_secret_is_in_no_argument()
    {
        var state = Keys.Render();
        var service = Assert.Single(state.Services);
        Assert.Equal(["/usr/bin/easytier-core", "--config-file", "/etc/easytier/config.toml"], service.Command);
        Assert.Equal(new Readiness(ReadinessKind.Device, "et0"), service.Readiness);
        var file = Config(state);
        Assert.True(file.Secret);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Mode);
        // The address is EasyTier's own to set: it gives up where it is there already.
        Assert.Empty(state.Links);
    }

    [Fact]
    public void One_overlay_goes_before_the_other_comes()
    {
        var both = Fleet.Keys.With("/global/easytier/", ("network_name", "mesh"), ("network_secret", "hunter2"))
            .With(Node, ("enable", "true"), ("ipv4", "10.20.0.1/24"), ("listeners", "tcp:11010"));
        var (tinc, easyTier) = (both.Render(), both.With("/global/mesh_type", "easytier").Render());
        Assert.Equal(["tinc"], tinc.Services.Select(s => s.Name).Intersect(["tinc", "easytier"]));
        Assert.Equal(["easytier"], easyTier.Services.Select(s => s.Name).Intersect(["tinc", "easytier"]));
        var changes = Planner.Plan(easyTier, Machines.After(tinc));
        Assert.Contains("tinc", changes.Removes.Select(service => service.Name));
        Assert.Contains("easytier", changes.Defines.Select(service => service.Name));
        // The other's secrets go with it, both ways.
        Assert.Contains(changes.Deletes, path => path.EndsWith("rsa_key.priv", StringComparison.Ordinal));
        Assert.Contains("/etc/easytier/config.toml", Planner.Plan(tinc, Machines.After(easyTier)).Deletes);
    }

    [Fact]
    public void OSPF_and_the_proxy_know_its_device()
    {
        var state = Keys.With("/nodes/gw-a/", ("ospf/enable", "true"), ("lan", "10.42.0.0/24"), ("clash/enable", "true"), ("clash/mode", "tproxy")).Render();
        Assert.Contains("interface et0", state.Frr.Single(frr => frr.Daemon == "ospfd").Config, StringComparison.Ordinal);
        Assert.Equal(["et0"], state.Packets.Proxy!.ExcludedDevices);
        Assert.Contains(state.Packets.Proxy.ExcludedPorts, port => port.First.Number == 11010);
    }

    /// <summary>Text as an operator or an attacker may write it, and white space that reading drops.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
            Gen.String[Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u00a1', '\ud7ff'], Gen.OneOf('"', '\\', '#', '\'', '=', '[', ']')), 1, 40],
            Gen.OneOf("\"\"\"", "'''", "\\u0000", "\\\"", "x\" \"y", "# comment", "日本🙂", "]]\\"))
        .Where(text => text.Trim().Length > 0 && !text.Any(Gateway.Model.Values.Lines.IsControl));

    private static void AssertFields(TomlTable file)
    {
        Assert.Equal(Fields[""].Order(), file.Keys.Order());
        Assert.Equal(Fields["network_identity"], ((TomlTable)file["network_identity"]).Keys);
        Assert.Equal(Fields["flags"], ((TomlTable)file["flags"]).Keys);
        Assert.All((TomlTableArray)file["peer"], peer => Assert.Equal(Fields["peer"], peer.Keys));
    }

    private static TomlTable Read(DesiredState state) =>
        TomlSerializer.Deserialize<TomlTable>(Encoding.UTF8.GetString(Config(state).Content.Span))!;

    private static DesiredFile Config(DesiredState state) => state.Files.Single(file => file.Path == "/etc/easytier/config.toml");
}
