using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Fuzz;
using Meduza.Gateway.Tests.Plan;

namespace Meduza.Gateway.Tests.Render;

/// <summary>How far each key reaches: one that comes or goes changes what its part is made of, and nothing of any other part.</summary>
public sealed class KeyReachTests
{
    /// <summary>By the part that a key is about, the components that it may touch. The overlay's and the links' devices and ports are known to FRR and to the proxy too.</summary>
    private static readonly Dictionary<string, string[]> Reach = new()
    {
        ["node"] = ["frr"],
        ["tinc"] = ["tinc", "frr"],
        ["easytier"] = ["easytier", "frr"],
        ["bgp"] = ["frr"],
        ["ospf"] = ["frr"],
        // MosDNS starts after mihomo where there is one.
        ["clash"] = ["clash", "mosdns"],
        ["mosdns"] = ["mosdns", "dnsmasq"],
        ["dnsmasq"] = ["dnsmasq"],
        ["hosts"] = ["hosts", "dnsmasq"],
        ["portforward"] = [],
        ["network_mapping"] = [],
        ["healthy"] = ["healthy"],
        ["access"] = [],
    };

    /// <summary>What other nodes' keys are read for.</summary>
    private static readonly string[] OfOthers = ["tinc", "frr"];

    public static TheoryData<string, string> Fleets => new()
    {
        { "berlin", "tinc" }, { "paris", "tinc" }, { "home", "tinc" }, { "lab", "easytier" }, { "van", "easytier" },
    };

    [Theory]
    [MemberData(nameof(Fleets))]
    public void Key_touches_its_own_part_alone(string node, string mesh)
    {
        var keys = HostileFleet.Example.With("/global/mesh_type", mesh);
        var before = keys.Render(node);
        var machine = Machines.After(before);
        foreach (var key in keys.Snapshot.Keys.Keys)
        {
            if (KeyTable.Find(key) is not { Component: not "fleet" } spec || keys.Without(key).Parse(node).Config is not { } config)
                continue;
            var after = Renderer.Render(config, new Machine());
            var touched = Planner.Plan(after, machine).Components.Concat(Planner.Plan(before, Machines.After(after)).Components).Distinct();
            Assert.True(touched.All(component => MayTouch(spec, key, node, component)), $"{key} touches {string.Join(' ', touched)}");
        }
    }

    private static bool MayTouch(KeySpec spec, string key, string node, string component)
    {
        var parts = key.Split('/');
        if (parts[1] == "nodes" && parts[2] != node)
            return OfOthers.Contains(component);
        return spec.Component is "openvpn" or "wireguard"
            ? component == "frr" || component == spec.Component || component == $"{spec.Component}/{parts[4]}"
            : Reach[spec.Component].Contains(component);
    }
}
