namespace Meduza.Gateway.Lint.Rules;

/// <summary>
/// Peers whose key is that of no device of the fleet. A peer outside is known by no other sign, so it is a warning; one that
/// is called like a node but has the key of none of its devices is an error.
/// </summary>
internal sealed class WireGuardPeerKeys : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var nodes = fleet.Nodes.ToDictionary(node => node.Name);
        foreach (var (node, device) in fleet.WireGuardDevices)
        {
            foreach (var peer in device.Peers)
            {
                var key = node.DeviceKey(device, $"peer/{peer.Name}/public_key");
                var owners = fleet.DevicesByPublicKey[peer.PublicKey.ToString()].ToList();
                if (owners.Exists(owner => owner.Node == node && owner.Device == device))
                    yield return LintFinding.Error("is this device's own key: give the key of the other side", key);
                else if (nodes.TryGetValue(peer.Name.ToString(), out var named) && named != node && !named.Config.WireGuard.IsEmpty && !owners.Exists(owner => owner.Node == named))
                    yield return LintFinding.Error($"is the key of none of {named.Name}'s WireGuard devices: set it to what `wg pubkey` says of the private key there", [key, .. named.Config.WireGuard.Select(d => named.DeviceKey(d, "private_key"))]);
                else if (owners.Count == 0)
                    yield return LintFinding.Warning("is the key of no node: right for a peer outside of the fleet, otherwise compare it with `wg pubkey` there", key);
            }
        }
    }
}
