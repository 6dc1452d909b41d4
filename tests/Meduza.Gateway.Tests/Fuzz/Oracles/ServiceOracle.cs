using System.Text.RegularExpressions;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>
/// What is started, and where files go. Names of keys are in arguments and paths, so neither can hold anything that a shell,
/// a path or a program's options would take for more; and nothing is anywhere but where its part's files are.
/// </summary>
internal static partial class ServiceOracle
{
    private static readonly string[] Roots =
        ["/etc/tinc/", "/etc/easytier/", "/etc/openvpn/", "/etc/frr/", "/run/frr/", "/var/lib/frr/", "/etc/mihomo/", "/var/lib/mihomo/", "/etc/mosdns/", "/run/dnsmasq/", "/run/openvpn/", "/var/run/wireguard/"];

    private static readonly string[] Programs =
    [
        "/usr/sbin/tincd", "/usr/bin/easytier-core", "/usr/sbin/openvpn", "/usr/lib/frr/zebra", "/usr/lib/frr/mgmtd", "/usr/lib/frr/staticd", "/usr/lib/frr/ospfd", "/usr/lib/frr/bgpd",
        "/usr/bin/mihomo", "/usr/bin/mosdns", "/usr/sbin/dnsmasq", "/usr/bin/wireguard-go",
    ];

    public static IEnumerable<string> Judge(Rendered rendered)
    {
        var state = rendered.State;
        foreach (var service in state.Services)
        {
            Assert.Contains(service.Command[0], Programs);
            Assert.All(service.Command.Skip(1), argument => Assert.Matches(Argument, argument));
            Assert.Matches(Name, service.Name);
            Assert.Matches(Argument, service.Readiness.Target + "/");
            Assert.Contains(service.Privileges.User ?? "root", ProgramPrivileges.All.Select(program => program.User).Append("root"));
        }
        Assert.Distinct(state.Services.Select(service => service.Name));
        foreach (var path in state.Files.Select(file => file.Path).Where(path => path is not ("/etc/etcd_hosts" or "/etc/dnsmasq.conf")).Concat(state.Folders.Select(folder => folder.Path + "/")))
        {
            Assert.Matches(FilePath, path);
            Assert.True(Roots.Any(root => path.StartsWith(root, StringComparison.Ordinal)), path);
            Assert.DoesNotContain("..", path, StringComparison.Ordinal);
        }
        foreach (var file in state.Files.Where(file => file.Secret))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Mode);
        // No secret is in an argument or a name, where everybody sees it.
        var shown = string.Join('\n', state.Services.SelectMany(service => (string[])[.. service.Command, .. service.Environment, service.Name, service.Readiness.Target]));
        foreach (var secret in Secrets(rendered))
            Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        return [];
    }

    private static IEnumerable<string> Secrets(Rendered rendered) =>
    [
        .. rendered.Config.WireGuard.Select(instance => instance.PrivateKey.Reveal()),
        .. rendered.Config.EasyTier is { } easyTier && easyTier.NetworkSecret.Reveal() is { Length: > 8 } secret ? [secret] : (string[])[],
    ];

    [GeneratedRegex(@"\A[A-Za-z0-9._/:=,\[\]-]+\z")]
    private static partial Regex Argument { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex Name { get; }

    [GeneratedRegex(@"\A(/[A-Za-z0-9._-]+)+/?\z")]
    private static partial Regex FilePath { get; }
}
