using System.Text;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What an instance's file says beyond what its keys say.</summary>
public sealed class OpenVpnRendererTests
{
    private const string Office = "/nodes/gw-b/openvpn/office/";

    private static string[] Lines(KeySet keys, Machine? machine = null) =>
        Encoding.UTF8.GetString(keys.Render("gw-b", machine).Files.Single(file => file.Path == "/etc/openvpn/generated/office.conf").Content.Span).Split('\n');

    [Fact]
    public void Bare_host_gets_the_port_and_one_with_a_port_keeps_it() => Assert.Equal(
        ["remote one.example 1195", "remote two.example 443", "remote 2001:db8::1 8443 tcp-client"],
        Lines(Fleet.Keys.With(Office + "remote", "one.example\ntwo.example 443\n2001:db8::1 8443 tcp-client")).Where(line => line.StartsWith("remote ", StringComparison.Ordinal)));

    [Fact]
    public void It_waits_for_its_other_end_as_long_as_it_takes()
    {
        var service = Fleet.Keys.Render("gw-b").Services.Single(service => service.Name == "openvpn-office");
        Assert.Equal(new Readiness(ReadinessKind.Agent, "/run/openvpn/office.sock"), service.Readiness);
        Assert.Equal(-1, service.StartTimeoutMilliseconds);
    }

    [Fact]
    public void Static_key_is_allowed_explicitly_from_2_7_on()
    {
        const string Allowance = "allow-deprecated-insecure-static-crypto";
        Assert.DoesNotContain(Allowance, Lines(Fleet.Keys));
        Assert.Contains(Allowance, Lines(Fleet.Keys, new Machine { OpenVpnVersion = new Version(2, 7, 0) }));
    }

    [Fact]
    public void Static_key_has_a_cipher_that_openssl_3_still_has_unless_another_is_set()
    {
        Assert.Contains("cipher AES-256-CBC", Lines(Fleet.Keys));
        var own = Lines(Fleet.Keys.With(Office + "cipher", "AES-128-CBC"));
        Assert.Equal(["cipher AES-128-CBC"], own.Where(line => line.StartsWith("cipher ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Tcp_client_has_no_port_of_its_own_and_udp_listens_unless_told_otherwise()
    {
        Assert.Contains("lport 1195", Lines(Fleet.Keys));
        var client = Lines(Fleet.Keys.With(Office + "proto", "tcp-client"));
        Assert.Contains("nobind", client);
        Assert.DoesNotContain("lport 1195", client);
        Assert.DoesNotContain("lport 1195", Lines(Fleet.Keys.With(Office + "nobind", "true")));
    }

    [Fact]
    public void Scripts_are_off_and_the_management_socket_is_a_file() => Assert.Superset(
        new HashSet<string> { "script-security 0", "management /run/openvpn/office.sock unix" }, Lines(Fleet.Keys).ToHashSet());

    [Fact]
    public void Text_arguments_are_quoted_so_that_they_stay_one_word() => Assert.Contains(
        "pull-filter ignore \"route 10.0.0.0 #\\\"x\\\\\"",
        Lines(Tls().With(Office + "pull_filter", "ignore \"route 10.0.0.0 #\\\"x\\\\\"")));

    [Fact]
    public void Side_that_listens_is_the_tls_server()
    {
        Assert.Contains("tls-client", Lines(Tls()));
        Assert.Contains("tls-server", Lines(Tls().Without(Office + "remote")));
        Assert.Contains("tls-server", Lines(Tls().With(Office + "tls_server", "true")));
        Assert.DoesNotContain("tls-client", Lines(Tls().With(Office + "tls_server", "true")));
        Assert.DoesNotContain("tls-client", Lines(Tls().With(Office + "client", "true")));
    }

    [Fact]
    public void Secrets_are_in_files_of_their_own_that_root_alone_reads()
    {
        var state = Tls().With(Office + "tls_crypt", Material.Of("tls.key")).Render("gw-b");
        var secrets = state.Files.Where(file => file.Secret && file.Component == "openvpn/office").ToList();
        Assert.Equal(["office.ca", "office.cert", "office.key", "office.tls-crypt"], secrets.Select(file => Path.GetFileName(file.Path)));
        Assert.All(secrets, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Mode));
        Assert.DoesNotContain(state.Services, service => string.Join(' ', service.Command).Contains("BEGIN", StringComparison.Ordinal));
    }

    private static KeySet Tls() => Fleet.Keys.Without(Office + "secret")
        .With(Office, ("ca", Material.Of("ca.crt")), ("cert", Material.Of("client.crt")), ("key", Material.Of("client.key")));
}
