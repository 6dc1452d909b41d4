using Meduza.Init.Control;

namespace Meduza.Init.Agent.Status;

/// <summary>From the states of services to the three states that are published, by path below <c>/updated/ID/</c>.</summary>
internal static class ComponentStates
{
    /// <param name="services">What PID 1 runs.</param>
    /// <param name="openVpn">Gives the state that an OpenVPN instance tells of itself.</param>
    /// <param name="wireGuard">The WireGuard devices: theirs counts, whether or not a process makes them.</param>
    public static Dictionary<string, string> Of(
        IEnumerable<ServiceStatus> services, Func<string, string> openVpn, IEnumerable<WireGuardReport> wireGuard)
    {
        var states = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var component in services.GroupBy(service => service.Component, StringComparer.Ordinal))
        {
            // An instance's tunnel counts, not its process.
            const string Instance = "openvpn/";
            states[$"{component.Key}/status"] = component.Key.StartsWith(Instance, StringComparison.Ordinal)
                ? openVpn(component.Key[Instance.Length..])
                : Worst(component);
        }
        foreach (var device in wireGuard)
            states[$"wireguard/{device.Name}/status"] = device.State;
        return states;
    }

    /// <summary><c>up</c> when all are ready, <c>down</c> when one is and stays down, <c>connecting</c> on the way.</summary>
    private static string Worst(IEnumerable<ServiceStatus> services)
    {
        var worst = OpenVpnStates.Up;
        foreach (var service in services)
        {
            switch (service.State)
            {
                case ServiceStates.Ready or ServiceStates.Completed:
                    break;
                case ServiceStates.Starting or ServiceStates.Waiting:
                    worst = OpenVpnStates.Connecting;
                    break;
                default:
                    return OpenVpnStates.Down;
            }
        }
        return worst;
    }
}
