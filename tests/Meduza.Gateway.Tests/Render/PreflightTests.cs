using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What is asked of the driven programs, and as whom.</summary>
public sealed class PreflightTests
{
    private static readonly DesiredState[] States =
    [
        Fleet.Keys.Render("gw-b"),
        KeySet.Empty.With("/nodes/gw-a/dnsmasq/enable", "true").Render(),
        EasyTierRendererTests.Keys.Render(),
        KeySet.Empty.With("/nodes/gw-a/clash/enable", "true").Render(),
    ];

    [Fact]
    public void Each_program_that_has_a_check_is_asked_by_it()
    {
        var commands = States.SelectMany(state => state.Preflights).Select(check => string.Join(' ', check.Command)).Distinct();
        Assert.Equal(
            [
                "/usr/bin/easytier-core --check-config --config-file /etc/easytier/config.toml",
                "/usr/bin/mihomo -t -d /var/lib/mihomo -f /etc/mihomo/config.yaml",
                "/usr/bin/vtysh -C -f /etc/frr/frr.conf",
                "/usr/sbin/dnsmasq --test --conf-file=/etc/dnsmasq.conf",
            ],
            commands.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_check_is_about_files_of_its_part_that_its_command_names_and_runs_as_the_programs_user()
    {
        foreach (var state in States)
        {
            foreach (var check in state.Preflights)
            {
                Assert.All(check.Files, path => Assert.Equal(check.Component, Assert.Single(state.Files, file => file.Path == path).Component));
                Assert.All(check.Files, path => Assert.Contains(check.Command, argument => argument.Contains(path, StringComparison.Ordinal)));
                Assert.Contains(check.User, state.Services.Where(service => service.Component == check.Component).Select(service => service.Privileges.User));
                Assert.DoesNotContain(0, check.Refusals);
            }
        }
    }

    [Fact]
    public void A_part_that_is_off_asks_nothing() => Assert.Empty(KeySet.Empty.Render().Preflights);

    [Fact]
    public void What_a_proxy_is_told_to_say_is_secret_and_what_it_is_called_is_not()
    {
        var secrets = MihomoSecrets.In("""
            secret: of-the-api
            mode: rule
            authentication: ["me:at-the-door"]
            proxies:
              - {name: 香港, type: trojan, server: a.example, port: 443, password: 12345678, ws-opts: {path: /hidden, headers: {Host: inner.example}}}
            proxy-providers:
              main: {type: http, url: "https://sub.example/?token=hunter2", interval: 3600}
            rules: ["MATCH,香港"]
            """u8.ToArray()).ToList();
        Assert.Equal(["of-the-api", "me:at-the-door", "12345678", "/hidden", "inner.example", "https://sub.example/?token=hunter2"], secrets);
    }
}
