using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>
/// Keys in, one typed configuration out, or everything that is wrong with them at once. What stops a commit is an error
/// in this node's own keys or in the global keys that an enabled part of it uses; a bad key of a part that is not
/// enabled, or of another node, is a warning.
/// </summary>
public static partial class ConfigParser
{
    /// <summary>Parses the keys of <paramref name="nodeId"/> out of those of the fleet. Never throws for what is in the keys.</summary>
    /// <param name="memory">What was read of the other nodes before, by whoever parses again and again.</param>
    public static ParseResult Parse(Snapshot snapshot, string nodeId, FleetMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return Parse(snapshot.Keys, nodeId, memory ?? new(), out _);
    }

    /// <summary>The same, without a revision.</summary>
    /// <param name="memory">What was read of the other nodes before; null to look at none: whoever compares all of them reads each by itself.</param>
    /// <param name="draft">
    /// What can be read, also where there are errors: values that are wrong are left out. For comparing nodes; nothing may be
    /// rendered from it. Null where the node's name is none.
    /// </param>
    internal static ParseResult Parse(KeySpace keys, string nodeId, FleetMemory? memory, out GatewayConfig? draft)
    {
        ArgumentNullException.ThrowIfNull(nodeId);
        draft = null;
        var findings = new Findings();
        if (!InstanceName.TryParse(nodeId, out var node))
        {
            findings.Error(KeyTable.NodesPrefix, $"{Quoted.Of(nodeId)} is not a node's name; expected {InstanceName.Expected}");
            return new ParseResult(null, findings.Errors, findings.Warnings);
        }

        var global = new KeyReader(keys, KeyTable.GlobalPrefix, findings, new HashSet<string>(StringComparer.Ordinal));
        var own = new KeyReader(keys, $"{KeyTable.NodesPrefix}{node}/", findings, global.Used);
        var config = draft = Assemble(keys, node, own, global, memory);

        ReportUndriven(own);
        ReportOtherMesh(own, config.Mesh);
        ReportUnused(own, global);
        return new ParseResult(findings.HasErrors ? null : config, findings.Errors, findings.Warnings);
    }

    private static GatewayConfig Assemble(KeySpace keys, InstanceName node, KeyReader own, KeyReader global, FleetMemory? memory)
    {
        var config = new GatewayConfig
        {
            Node = node,
            Commit = global.OrNothing(KeyTable.Commit),
            Mesh = global.Get(KeyTable.MeshType, MeshType.EasyTier),
            InternalRouting = global.Get(KeyTable.InternalRouting, InternalRouting.Ospf),
            Behavior = own.Get(KeyTable.Behavior, Behavior.Static),
            Lans = own.List(KeyTable.Lan),
            PrivateLans = own.List(KeyTable.PrivateLan),
        };
        ReportLansInBoth(own, config);

        var fleet = ReadFleet(keys, node, own.Findings, memory);
        config = config with
        {
            FleetPrivateLans = ReadFleetPrivateLans(fleet, config.PrivateLans, own.Findings),
            TincNetname = global.Aside().Get(KeyTable.TincNetname, DefaultNetname),
            Tinc = ReadTinc(own, global, config, fleet),
            EasyTier = ReadEasyTier(own, global, config),
        };
        var instances = ReadOpenVpn(own);
        var wireGuard = ReadWireGuard(own);
        ReportListenPortClashes(config, wireGuard, instances);
        List<LinkOfOwn> links =
        [
            .. instances.Select(i => new LinkOfOwn($"openvpn/{i.Config.Name}", i.Config.Device, KeyTable.OpenVpnDevice, i.Keys)),
            .. wireGuard.Select(i => new LinkOfOwn($"wireguard/{i.Config.Name}", i.Config.Device, KeyTable.WireGuardDevice, i.Keys)),
        ];
        ReportDeviceClashes(config, links);
        var hosts = HostRecords.Parse(keys.Below(KeyTable.HostsPrefix));
        foreach (var warning in hosts.Warnings)
            own.Findings.Warn(warning.Key, warning.Message);
        return config with
        {
            OpenVpn = [.. instances.Select(instance => instance.Config)],
            WireGuard = [.. wireGuard.Select(instance => instance.Config)],
            Ospf = ReadOspf(own, config),
            Bgp = ReadBgp(own, global, config, fleet, links),
            Clash = ReadClash(own, global),
            Mosdns = ReadMosdns(own, global),
            PortForwards = ReadForwards(own),
            NetworkMappings = ReadMappings(own),
            DnsmasqEnabled = own.Get(KeyTable.DnsmasqEnable, own.Get(KeyTable.MosdnsEnable, false)),
            HealthPort = ReadHealthPort(own),
            Hosts = hosts.Records,
        };
    }

    private static Port? ReadHealthPort(KeyReader own) =>
        own.Get(KeyTable.HealthyEnable, false) && own.Require(KeyTable.HealthyPort, "healthy/enable is true", out var port) ? port : null;

    private static void ReportLansInBoth(KeyReader own, GatewayConfig config)
    {
        foreach (var lan in config.Lans.Intersect(config.PrivateLans))
            own.Findings.Warn(own.FullKey(KeyTable.PrivateLan), $"{lan} is in lan too: it is treated as private");
    }

    private static void ReportDeviceClashes(
        GatewayConfig config, List<LinkOfOwn> links)
    {
        var owners = new Dictionary<DeviceName, string>();
        if (config.OverlayDevice is { } overlay)
            owners.Add(overlay, config.Tinc is null ? "easytier" : "tinc");
        foreach (var (link, device, key, keys) in links)
        {
            if (!owners.TryAdd(device, link))
                keys.Findings.Error(keys.FullKey(key), $"device {device} is that of {owners[device]} already");
        }
    }
}
