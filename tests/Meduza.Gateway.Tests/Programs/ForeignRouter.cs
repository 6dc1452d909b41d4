using System.Text.Json;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>A network that a foreign router announces.</summary>
/// <param name="Prepended">AS numbers that it puts into the path beyond its own.</param>
internal sealed record Announced(string Prefix, string Prepended)
{
    /// <summary>True where it puts its own networks in there together: in their path, what differs becomes a set.</summary>
    public bool IsSet { get; init; }
}

/// <summary>A router of somebody else: it announces networks with a community of its own, and takes everything.</summary>
internal static class ForeignRouter
{
    public static void Start(Sandbox machine, int asn, string address, string gateway, params Announced[] announced)
    {
        var maps = announced.Select((one, i) => $"""
            route-map ANNOUNCE{i} permit 10
             set community {asn}:77
            {(one.Prepended.Length > 0 ? $" set as-path prepend {one.Prepended}" : "")}
            exit
            """);
        var networks = announced.Select((one, i) => one.IsSet ? $"  aggregate-address {one.Prefix} as-set summary-only" : $"  network {one.Prefix} route-map ANNOUNCE{i}");
        var state = new DesiredState(
            [new DesiredFolder("/run/frr", (UnixFileMode)0b111_101_101, "frr"), new DesiredFolder("/etc/frr", (UnixFileMode)0b111_101_000, "frr")],
            [
                File("zebra", "hostname peer\n"),
                File("bgpd", $"""
                    hostname peer
                    {string.Join('\n', maps)}
                    router bgp {asn}
                     bgp router-id {address}
                     no bgp ebgp-requires-policy
                     no bgp network import-check
                     neighbor {gateway} remote-as 65001
                     neighbor {gateway} timers connect 1
                     address-family ipv4 unicast
                    {string.Join('\n', networks)}
                     exit-address-family
                    exit

                    """),
            ], [Daemon("zebra"), Daemon("bgpd")], [], []);
        machine.LayDown(state);
        machine.StartServices(state);

        static DesiredFile File(string daemon, string text) =>
            new($"/etc/frr/{daemon}.conf", System.Text.Encoding.UTF8.GetBytes(text), (UnixFileMode)0b110_100_000, "frr") { Owner = "frr" };

        static ServiceDefinition Daemon(string name) => new()
        {
            Name = name,
            Component = "frr",
            Command = [$"/usr/lib/frr/{name}", "-f", $"/etc/frr/{name}.conf", "-P", "0", "--log", "stdout"],
            Readiness = new Readiness(ReadinessKind.UnixSocket, $"/run/frr/{name}.vty"),
        };
    }

    /// <summary>The networks that a router's BGP has a route to.</summary>
    public static IReadOnlyCollection<string> Routes(Sandbox machine)
    {
        using var answer = JsonDocument.Parse(machine.Vtysh("-c", "show bgp ipv4 unicast json"));
        return answer.RootElement.TryGetProperty("routes", out var routes) ? [.. routes.EnumerateObject().Select(route => route.Name)] : [];
    }
}
