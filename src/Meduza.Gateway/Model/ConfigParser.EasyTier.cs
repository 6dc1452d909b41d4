using Meduza.Gateway.Model.EasyTier;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    private static EasyTierConfig? ReadEasyTier(KeyReader own, KeyReader global, GatewayConfig config)
    {
        if (config.Mesh != MeshType.EasyTier || !own.Get(KeyTable.EasyTierEnable, false))
            return null;
        var whole = global.Require(KeyTable.EasyTierNetworkName, "EasyTier's nodes find each other by it", out var name);
        whole &= global.Require(KeyTable.EasyTierNetworkSecret, "EasyTier's nodes know each other by it", out var secret);
        var dhcp = global.Get(KeyTable.EasyTierDhcp, false);
        var ipv4 = own.OrNothing(KeyTable.EasyTierIpv4);
        if (dhcp && ipv4 is not null)
            own.Findings.Warn(own.FullKey(KeyTable.EasyTierIpv4), "has no effect: /global/easytier/dhcp is true, so that EasyTier chooses the address");
        else if (!dhcp && !own.Has(KeyTable.EasyTierIpv4))
            own.Findings.Warn(own.FullKey(KeyTable.EasyTierIpv4), "is missing: the node has no address in the overlay; set it, or /global/easytier/dhcp");
        var listeners = own.List(KeyTable.EasyTierListeners);
        var mapped = own.List(KeyTable.EasyTierMappedListeners);
        var peers = own.List(KeyTable.EasyTierPeers);
        if (listeners.IsEmpty && peers.IsEmpty)
            own.Findings.Warn(own.FullKey(KeyTable.EasyTierEnable), "the node neither listens nor connects to anybody: set easytier/listeners, easytier/peers or both");
        if (listeners.IsEmpty && !mapped.IsEmpty)
            own.Findings.Warn(own.FullKey(KeyTable.EasyTierMappedListeners), "names what nobody listens on: set easytier/listeners");
        var device = own.Get(KeyTable.EasyTierDevice, DeviceName.Of("et0"));
        return !whole ? null : new EasyTierConfig
        {
            NetworkName = name!,
            NetworkSecret = secret!,
            Device = device,
            Dhcp = dhcp,
            PrivateMode = global.Get(KeyTable.EasyTierPrivateMode, false),
            Ipv4 = dhcp ? null : ipv4,
            Listeners = listeners,
            MappedListeners = mapped,
            Peers = peers,
        };
    }
}
