using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>dnsmasq's configuration, its servers, and the hosts (hosts(5): an address, white space, a name).</summary>
internal static partial class DnsmasqOracle
{
    private const string HostsPath = "/etc/etcd_hosts", ConfigPath = "/etc/dnsmasq.conf", ServersPath = "/run/dnsmasq/servers";

    public static IEnumerable<string> Judge(Rendered rendered)
    {
        OracleList.AssertSame(HostsPath,
            rendered.Config.Hosts.Records.SelectMany(record => record.Addresses.Select(address => $"{address} {record.Name}")),
            rendered.Lines(HostsPath).Select(Host));
        if (!rendered.Config.DnsmasqEnabled)
            return [HostsPath];
        string[] expected =
        [
            "port=53", $"user={(rendered.Machine.Users.Contains("dnsmasq") ? "dnsmasq" : "root")}", "pid-file=", "log-facility=-", "no-resolv", "no-poll", "no-hosts",
            $"addn-hosts={HostsPath}", "strict-order", "fast-dns-retry=250", $"servers-file={ServersPath}", "local-ttl=10", "cache-size=4096", "neg-ttl=10", "dns-forward-max=512",
        ];
        OracleList.AssertSame(ConfigPath, expected, rendered.Lines(ConfigPath).Where(line => line[0] != '#'));
        OracleList.AssertSame(ServersPath, Servers(rendered), rendered.Lines(ServersPath));
        return [HostsPath, ConfigPath, ServersPath];
    }

    /// <summary>Until somebody is seen to answer it is the fallbacks, and the last of them in the place of each who may come.</summary>
    private static IEnumerable<string> Servers(Rendered rendered)
    {
        var fallbacks = rendered.Machine.Nameservers.Select(server => $"server={server}").ToList();
        return fallbacks.Concat(Enumerable.Repeat(fallbacks[^1], rendered.State.Names!.Programs.Length));
    }

    private static string Host(string line)
    {
        Assert.Matches(HostLine, line);
        var (address, name) = (line.Split('\t')[0], line.Split('\t')[1]);
        Assert.True(IPAddress.TryParse(address, out var parsed) && parsed is { AddressFamily: AddressFamily.InterNetwork } or { ScopeId: 0 }, line);
        return $"{parsed} {name}";
    }

    [GeneratedRegex(@"\A[0-9a-f.:]+\t[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\z")]
    private static partial Regex HostLine { get; }
}
