using System.Collections.Immutable;
using Meduza.Gateway.Model.EasyTier;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    public static Key<string> EasyTierNetworkName { get; } = new(
        "/global/easytier/network_name", EasyTierKinds.NetworkName, "Name of the EasyTier network; required with EasyTier.");

    public static Key<Secret> EasyTierNetworkSecret { get; } = new(
        "/global/easytier/network_secret", EasyTierKinds.NetworkSecret, "Secret of the EasyTier network; required with EasyTier.") { IsSecret = true };

    public static Key<bool> EasyTierPrivateMode { get; } = new(
        "/global/easytier/private_mode", Kinds.Flag, "Carries no packets for networks of another name.") { Default = "false" };

    public static Key<bool> EasyTierDhcp { get; } = new(
        "/global/easytier/dhcp", Kinds.Flag, "Lets EasyTier choose the nodes' addresses; easytier/ipv4 is then not used.") { Default = "false" };

    public static Key<bool> EasyTierEnable { get; } = new(
        "/nodes/<ID>/easytier/enable", Kinds.Flag, "Makes the node a member of the EasyTier network.") { Default = "false" };

    public static Key<DeviceName> EasyTierDevice { get; } = new(
        "/nodes/<ID>/easytier/dev_name", Kinds.Device, "Name of the overlay's device.") { Default = "et0" };

    public static Key<HostAddress> EasyTierIpv4 { get; } = new(
        "/nodes/<ID>/easytier/ipv4", EasyTierKinds.Address, "The node's address in the overlay; without a length it is of a /24.")
    { IsForOthers = true };

    public static Key<ImmutableArray<EasyTierUrl>> EasyTierListeners { get; } = new(
        "/nodes/<ID>/easytier/listeners", EasyTierKinds.Listeners, "Where the node listens: tcp:11010 means tcp://0.0.0.0:11010.");

    public static Key<ImmutableArray<EasyTierUrl>> EasyTierMappedListeners { get; } = new(
        "/nodes/<ID>/easytier/mapped_listeners", EasyTierKinds.MappedListeners, "Where the listeners are reached from outside, behind a router that forwards them.");

    public static Key<ImmutableArray<EasyTierUrl>> EasyTierPeers { get; } = new(
        "/nodes/<ID>/easytier/peers", EasyTierKinds.Peers, "Whom the node connects to; through them it finds all others.");

    private static ImmutableArray<KeySpec> EasyTierKeys =>
    [
        EasyTierNetworkName, EasyTierNetworkSecret, EasyTierPrivateMode, EasyTierDhcp, EasyTierEnable, EasyTierDevice, EasyTierIpv4,
        EasyTierListeners, EasyTierMappedListeners, EasyTierPeers,
    ];
}
