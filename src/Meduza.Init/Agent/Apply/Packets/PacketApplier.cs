using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Linux;
using Meduza.Linux.Netlink.Netfilter;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Init.Agent.Apply.Packets;

/// <summary>
/// Makes the kernel do to packets what is wanted, by component. What there is is found in the kernel each time; what is
/// right is not touched, and what is not is made right by one transaction.
/// </summary>
/// <remarks>
/// The way to the proxy is made first and removed last: packets are sent there only when they arrive.
/// </remarks>
/// <param name="servers">The addresses of the proxy's servers, and whether they are all; null where nobody looks names up.</param>
internal sealed class PacketApplier(RouteSocket route, Func<ServerAddresses.Known>? servers = null) : IDisposable
{
    /// <summary>The component of FRR's daemons.</summary>
    private const string Routing = "frr";

    private readonly ProxyRouting _routing = new(route);
    private NfTables? _tables;
    private IpSets? _sets;

    // A kernel without netfilter is no fault where nothing is asked of it.
    private NfTables Tables => _tables ??= NfTables.Open();
    private IpSets Sets => _sets ??= IpSets.Open();

    /// <summary>
    /// What may be done while the services are as they are. Nothing is proxied without a proxy that is ready; and proxying
    /// begins only when the routes are there (FRR is ready), though it does not end when they go.
    /// </summary>
    public PacketRules Allowed(PacketRules wanted, IReadOnlyDictionary<string, ServiceStatus> services)
    {
        if (wanted.Proxy is null)
            return wanted;
        var isProxyReady = services.TryGetValue(TransparentProxy.Service, out var proxy) && proxy.State == ServiceStates.Ready;
        var isRoutingReady = services.Values.All(service => service.Component != Routing || ServiceStates.IsUp(service.State));
        return isProxyReady && (isRoutingReady || IsProxying()) ? wanted : wanted with { Proxy = null };
    }

    /// <summary>The components whose part the kernel has otherwise. Changes nothing.</summary>
    public ImmutableArray<string> Differing(PacketRules allowed)
    {
        var differing = ImmutableArray.CreateBuilder<string>();
        Add(PacketRules.ProxyComponent, allowed.Proxy is not null, () => ProxyDiffers(allowed.Proxy));
        Add(PacketRules.MappingComponent, !allowed.Mappings.IsEmpty, () => Differ(PacketChains.Mappings(allowed.Mappings)));
        Add(PacketRules.ForwardComponent, !allowed.Forwards.IsEmpty, () => Differ(PacketChains.Forwards(allowed.Forwards)));
        return differing.ToImmutable();

        void Add(string component, bool isWanted, Func<bool> differs)
        {
            try
            {
                if (differs())
                    differing.Add(component);
            }
            catch (LinuxException)
            {
                // What cannot be read cannot be right; trying to make it so says why. Where nothing is wanted, nothing is there.
                if (isWanted)
                    differing.Add(component);
            }
        }
    }

    /// <summary>Makes the part of one component right.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Apply(string component, PacketRules allowed)
    {
        switch (component)
        {
            case PacketRules.ProxyComponent when allowed.Proxy is { } proxy:
                _routing.Put();
                Sets.Replace(PacketChains.ProxiedSet, NetfilterFamily.Ipv4, proxy.Sources.Select(PacketChains.Network));
                if (!proxy.ExcludedServers.IsEmpty)
                    Sets.Replace(PacketChains.ServersSet, NetfilterFamily.Ipv4, Servers());
                OwnChains.Apply(Tables, PacketChains.Proxy(proxy, IndexOf(PacketChains.ProxiedSet), ServersIndex(proxy)));
                if (proxy.ExcludedServers.IsEmpty)
                    Sets.Remove(PacketChains.ServersSet);
                break;
            case PacketRules.ProxyComponent:
                OwnChains.Apply(Tables, PacketChains.Proxy(null, 0));
                Sets.Remove(PacketChains.ProxiedSet);
                Sets.Remove(PacketChains.ServersSet);
                _routing.Remove();
                break;
            case PacketRules.MappingComponent:
                OwnChains.Apply(Tables, PacketChains.Mappings(allowed.Mappings));
                break;
            case PacketRules.ForwardComponent:
                OwnChains.Apply(Tables, PacketChains.Forwards(allowed.Forwards));
                break;
        }
    }

    public void Dispose()
    {
        _tables?.Dispose();
        _sets?.Dispose();
    }

    private ushort IndexOf(string set) => Sets.IndexOf(set) ?? throw new LinuxException("IPSET_CMD_GET_BYNAME", set, Tmds.Linux.LibC.ENOENT);

    private ushort? ServersIndex(TransparentProxy proxy) => proxy.ExcludedServers.IsEmpty ? null : IndexOf(PacketChains.ServersSet);

    /// <summary>What the set of servers is to hold. As long as some names have not been looked up it keeps what an earlier agent knew.</summary>
    private HashSet<IPNetwork> Servers()
    {
        var known = servers?.Invoke() ?? ServerAddresses.Known.Nothing;
        HashSet<IPNetwork> wanted = known.IsWhole ? [] : [.. Sets.GetMembers(PacketChains.ServersSet, NetfilterFamily.Ipv4) ?? []];
        foreach (var address in known.Addresses)
            wanted.Add(PacketChains.Host(address));
        return wanted;
    }

    private bool ProxyDiffers(TransparentProxy? proxy)
    {
        if (proxy is null)
            return _routing.IsLeftOver || Sets.IndexOf(PacketChains.ProxiedSet) is not null || Sets.IndexOf(PacketChains.ServersSet) is not null || Differ([PacketChains.Proxy(null, 0)]);
        if (proxy.ExcludedServers.IsEmpty ? Sets.IndexOf(PacketChains.ServersSet) is not null : !Sets.Holds(PacketChains.ServersSet, NetfilterFamily.Ipv4, Servers()))
            return true;
        return !_routing.IsThere
            || !Sets.Holds(PacketChains.ProxiedSet, NetfilterFamily.Ipv4, proxy.Sources.Select(PacketChains.Network))
            || Differ([PacketChains.Proxy(proxy, IndexOf(PacketChains.ProxiedSet), ServersIndex(proxy))]);
    }

    private bool IsProxying()
    {
        var chain = PacketChains.Proxy(null, 0);
        try
        {
            return Tables.GetChains(chain.Family).Any(there => there.Table == chain.Table && there.Name == chain.Name);
        }
        catch (LinuxException)
        {
            // What cannot be read is not there; applying says why.
            return false;
        }
    }

    private bool Differ(ImmutableArray<OwnChain> chains) => OwnChains.Differing(Tables, chains).Count > 0;
}
