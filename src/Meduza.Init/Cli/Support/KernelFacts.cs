using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Meduza.Linux;
using Meduza.Linux.Netlink.Netfilter;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Init.Cli.Support;

/// <summary>What the kernel has: devices, addresses, rules, routes, chains, and what it says of itself.</summary>
internal static class KernelFacts
{
    /// <summary>A full table of the internet has a million.</summary>
    private const int MostRoutes = 20_000;

    // The kernel's command line is not among them: settings of this node may stand in it, passwords included.
    private static readonly string[] Files = ["version", "uptime", "loadavg", "meminfo", "modules", "net/dev", "net/sockstat", "net/netstat", "net/snmp"];

    public static IEnumerable<(string File, string Text)> All() =>
    [
        ("links.txt", Facts(Links)), ("rules.txt", Facts(Rules)), ("routes.txt", Facts(Routes)), ("chains.txt", Facts(Chains)),
        .. Files.Select(file => ($"proc/{file}", Facts(text => text.Append(File.ReadAllText($"/proc/{file}"))))),
    ];

    private static string Facts(Action<StringBuilder> gather)
    {
        var text = new StringBuilder();
        try
        {
            gather(text);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            text.Append(CultureInfo.InvariantCulture, $"cannot be read: {(e is LinuxException ? e.Message : "it is not there, or not for this user")}\n");
        }
        return text.ToString();
    }

    private static void Links(StringBuilder text)
    {
        using var route = RouteSocket.Open();
        foreach (var link in route.GetLinks())
        {
            text.Append(CultureInfo.InvariantCulture, $"{link.Index}: {link.Name} {link.Kind} mtu {link.Mtu} {(link.Up ? "up" : "down")}\n");
            foreach (var address in route.GetAddresses(link.Index))
                text.Append(CultureInfo.InvariantCulture, $"    {address}\n");
        }
    }

    private static void Rules(StringBuilder text)
    {
        using var route = RouteSocket.Open();
        foreach (var rule in route.GetRules())
            text.Append(CultureInfo.InvariantCulture, $"{rule}\n");
    }

    private static void Routes(StringBuilder text)
    {
        using var route = RouteSocket.Open();
        var count = 0;
        foreach (var one in route.GetRoutes(new RouteFilter { Family = AddressFamily.Unspecified }))
        {
            if (++count <= MostRoutes)
                text.Append(CultureInfo.InvariantCulture, $"{one} proto {one.Protocol}\n");
        }
        if (count > MostRoutes)
            text.Append(CultureInfo.InvariantCulture, $"and {count - MostRoutes} more\n");
    }

    private static void Chains(StringBuilder text)
    {
        using var tables = NfTables.Open();
        foreach (var family in (NetfilterFamily[])[NetfilterFamily.Ipv4, NetfilterFamily.Ipv6])
        {
            var chains = tables.GetChains(family);
            foreach (var table in tables.GetTables(family))
            {
                var rules = tables.GetRules(family, table);
                foreach (var chain in chains.Where(chain => chain.Table == table))
                    text.Append(CultureInfo.InvariantCulture, $"{family} {table} {chain.Name}{(chain.IsBase ? " (base)" : "")}: {rules.Count(rule => rule.Chain == chain.Name)} rules\n");
            }
        }
    }
}
