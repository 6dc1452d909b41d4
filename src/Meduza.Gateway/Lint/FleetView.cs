using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Lint;

/// <summary>One node as the rules see it: what can be read of its keys, whether or not all of them are right.</summary>
internal sealed record NodeView(GatewayConfig Config)
{
    public string Name => Config.Node.ToString();

    /// <summary>A full key of this node.</summary>
    public string Key(string relative) => $"/nodes/{Name}/{relative}";

    /// <summary>The keys of the overlay's part: <c>tinc</c> or <c>easytier</c>.</summary>
    public string OverlayPart => Config.Mesh == MeshType.Tinc ? "tinc" : "easytier";

    public string DeviceKey(WireGuardInstance device, string relative) => Key($"wireguard/{device.Name}/{relative}");
}

/// <summary>All nodes of a fleet, sorted by name.</summary>
internal sealed record FleetView(ImmutableArray<NodeView> Nodes)
{
    /// <summary>The values that several have, each with all who have it.</summary>
    public static IEnumerable<IGrouping<TValue, (TValue Value, TOwner Owner)>> Shared<TValue, TOwner>(IEnumerable<(TValue Value, TOwner Owner)> all) =>
        all.GroupBy(pair => pair.Value).Where(group => group.Skip(1).Any());

    /// <summary>Every WireGuard device of the fleet.</summary>
    public IEnumerable<(NodeView Node, WireGuardInstance Device)> WireGuardDevices =>
        Nodes.SelectMany(node => node.Config.WireGuard.Select(device => (node, device)));

    /// <summary>The public keys of all devices, by who has them.</summary>
    public ILookup<string, (NodeView Node, WireGuardInstance Device)> DevicesByPublicKey => field ??=
        WireGuardDevices.ToLookup(each => PublicKey(each.Device.PrivateKey));

    private static string PublicKey(Secret privateKey) =>
        Convert.ToBase64String(X25519.PublicKey(Convert.FromBase64String(privateKey.Reveal())));
}
