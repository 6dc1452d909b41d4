using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    internal const string NetworkMappingPrefix = "network_mapping/";

    public static Key<ImmutableArray<PortForward>> PortForwards { get; } = new(
        "/nodes/<ID>/portforward",
        Kinds.ListOf(ValueKind.Line<PortForward>("port forward", PortForward.Expected, PortForward.TryParse)),
        "Ports of this machine whose connections, TCP and UDP, go to a port of another one.");

    public static Key<Prefix> NetworkMapping { get; } = new(
        "/nodes/<ID>/network_mapping/<ADDRESS>/<LENGTH>", Kinds.Ipv4Network,
        "The network as which others see the one in the key: host by host, so both have one size.");

    private static ImmutableArray<KeySpec> PacketKeys =>
        [PortForwards, NetworkMapping];
}
