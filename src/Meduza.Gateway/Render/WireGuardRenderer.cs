using Meduza.Gateway.Model;
using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Render;

/// <summary>
/// WireGuard devices. In the kernel they need no process and no file: the keys go there straight. Where the kernel has
/// none, wireguard-go is a service a device, told the same over its socket.
/// </summary>
internal static class WireGuardRenderer
{
    /// <summary>Where wireguard-go makes its sockets.</summary>
    public const string SocketFolder = "/var/run/wireguard";

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        // wireguard-go makes its sockets there, as its own user.
        if (!machine.WireGuardInKernel && !config.WireGuard.IsEmpty)
            state.Folder(new DesiredFolder(SocketFolder, StateBuilder.PrivateFolder, ProgramPrivileges.WireGuardGo.UserOn(machine)) { Component = "wireguard" });
        foreach (var instance in config.WireGuard)
        {
            var component = $"wireguard/{instance.Name}";
            var device = instance.Device.ToString();
            state.WireGuard(new DesiredWireGuard(component, instance, machine.WireGuardInKernel));
            state.Link(new DesiredLink(
                device, [.. instance.Addresses.Select(address => new InterfaceAddress(address.Address, address.PrefixLength))], component)
            {
                Mtu = (int)instance.Mtu,
                IsOurs = machine.WireGuardInKernel,
            });
            if (!machine.WireGuardInKernel)
                state.Service(Service(instance, component, machine));
        }
    }

    private static ServiceDefinition Service(WireGuardInstance instance, string component, Machine machine) => new()
    {
        Name = $"wireguard-{instance.Name}",
        Component = component,
        // In the foreground; everything else is told to it later, so nothing of it is a reason to restart.
        Command = [machine.WireGuardGo, "-f", instance.Device.ToString()],
        Privileges = ProgramPrivileges.WireGuardGo.On(machine),
        After = ["dnsmasq"],
        Readiness = new Readiness(ReadinessKind.UnixSocket, $"{SocketFolder}/{instance.Device}.sock"),
    };
}
