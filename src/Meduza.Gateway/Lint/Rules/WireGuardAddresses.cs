namespace Meduza.Gateway.Lint.Rules;

/// <summary>Two WireGuard devices of the fleet with one address.</summary>
internal sealed class WireGuardAddresses : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var all = fleet.WireGuardDevices.SelectMany(each => each.Device.Addresses.Select(address => (address.Address, each)));
        foreach (var group in FleetView.Shared(all))
        {
            yield return LintFinding.Error(
                $"{group.Key} is an address of {Words.And(group.Select(each => $"{each.Owner.Node.Name}'s {each.Owner.Device.Name}"))}: give each its own",
                [.. group.Select(each => each.Owner.Node.DeviceKey(each.Owner.Device, "address"))]);
        }
    }
}
