namespace Meduza.Gateway.Lint.Rules;

/// <summary>Two WireGuard devices with one private key: peers send to whichever spoke last.</summary>
internal sealed class WireGuardOwnKeys : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        foreach (var group in fleet.DevicesByPublicKey.Where(group => group.Skip(1).Any()))
        {
            yield return LintFinding.Error(
                $"{Words.And(group.Select(each => $"{each.Node.Name}'s {each.Device.Name}"))} have the same key: make one for each with `wg genkey`",
                [.. group.Select(each => each.Node.DeviceKey(each.Device, "private_key"))]);
        }
    }
}
