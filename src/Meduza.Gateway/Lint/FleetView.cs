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

/// <summary>One WireGuard device of a node.</summary>
internal sealed record NodeDevice(NodeView Node, WireGuardInstance Device);

/// <summary>Somebody who has a value: a node, or a device of it.</summary>
/// <param name="Value">As it is told.</param>
internal sealed record Holder(string Value, NodeView Node, WireGuardInstance? Device = null);

/// <summary>All nodes of a fleet, sorted by name.</summary>
internal sealed record FleetView(ImmutableArray<NodeView> Nodes)
{
    /// <summary>The values that several have, each with all who have it.</summary>
    public static IEnumerable<IGrouping<string, Holder>> Shared(IEnumerable<Holder> all) =>
        all.GroupBy(holder => holder.Value).Where(group => group.Skip(1).Any());

    /// <summary>Every WireGuard device of the fleet.</summary>
    public IEnumerable<NodeDevice> WireGuardDevices => Nodes.SelectMany(node => node.Config.WireGuard.Select(device => new NodeDevice(node, device)));

    /// <summary>The public keys of all devices, by who has them.</summary>
    public ILookup<string, NodeDevice> DevicesByPublicKey => field ??=
        WireGuardDevices.ToLookup(each => PublicKey(each.Device.PrivateKey));

    private static string PublicKey(Secret privateKey) =>
        Convert.ToBase64String(X25519.PublicKey(Convert.FromBase64String(privateKey.Reveal())));
}
