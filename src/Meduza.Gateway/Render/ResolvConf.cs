using System.Net;
using System.Text;

namespace Meduza.Gateway.Render;

/// <summary><c>/etc/resolv.conf</c>: whom this machine's own programs ask for names (resolv.conf(5)).</summary>
public static class ResolvConf
{
    public const string Path = "/etc/resolv.conf";

    /// <param name="isDnsmasqReady">True while dnsmasq is there to be asked.</param>
    /// <param name="fallbacks">Whom to ask while it is not.</param>
    public static byte[] Text(bool isDnsmasqReady, IEnumerable<IPAddress> fallbacks)
    {
        var servers = isDnsmasqReady ? [IPAddress.Loopback] : fallbacks;
        return Encoding.UTF8.GetBytes("# Written by Meduza: changes made here are overwritten. DNS_NAMESERVERS names the resolvers used while dnsmasq is not there.\n"
            + string.Concat(servers.Select(server => $"nameserver {server}\n")));
    }
}
