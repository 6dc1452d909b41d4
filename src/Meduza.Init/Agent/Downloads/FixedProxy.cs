using System.Net;

namespace Meduza.Init.Agent.Downloads;

/// <summary>One proxy for all that is not on this machine. A name and a password in its address are sent to it.</summary>
internal sealed class FixedProxy(Uri address) : IWebProxy
{
    public ICredentials? Credentials { get; set; } = address.UserInfo.Split(':', 2) is [{ Length: > 0 } name, .. var rest]
        ? new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(string.Concat(rest)))
        : null;

    public Uri? GetProxy(Uri destination) => address;

    public bool IsBypassed(Uri host) => host.IsLoopback;
}
