namespace Meduza.Gateway.Lint.Rules;

/// <summary>Two WireGuard devices of the fleet with one address.</summary>
internal sealed class WireGuardAddresses : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var all = fleet.WireGuardDevices.SelectMany(each => each.Device.Addresses.Select(address => new Holder($"{address.Address}", each.Node, each.Device)));
        foreach (var group in FleetView.Shared(all))
        {
            yield return LintFinding.Error(
                $"{group.Key} is an address of {Words.And(group.Select(each => $"{each.Node.Name}'s {each.Device!.Name}"))}: give each its own",
                [.. group.Select(each => each.Node.DeviceKey(each.Device!, "address"))]);
        }
    }
}
