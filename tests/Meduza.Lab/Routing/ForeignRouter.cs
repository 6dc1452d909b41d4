using System.Text.Json.Nodes;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Routing;

/// <summary>A router of somebody else: zebra and bgpd in a namespace of their own, with a configuration that is the test's.</summary>
public sealed class ForeignRouter : IDisposable
{
    private readonly LabNetwork _lab;
    private readonly string _name;
    private readonly string _folder;
    private readonly List<RunningCommand> _daemons = [];

    public ForeignRouter(LabNetwork lab, string name)
    {
        ArgumentNullException.ThrowIfNull(lab);
        (_lab, _name, _folder) = (lab, name, $"{lab.Folder.Path}/{name}");
        Network = NetworkNamespace.Create(lab.Folder.Prefix + name);
        Network.Ip("link set lo up");
        Directory.CreateDirectory(_folder);
    }

    public NetworkNamespace Network { get; }

    /// <summary>A cable to the underlay, with an address there.</summary>
    public void JoinUnderlay(string address)
    {
        _lab.Core.Ip($"link add {_name} type veth peer name eth0 netns {Network.Name}", $"link set {_name} master br0 up");
        Network.Ip($"address add {address}/24 dev eth0", "link set eth0 up");
    }

    /// <summary>A cable to another one.</summary>
    public void Join(ForeignRouter other, string address, string otherAddress)
    {
        ArgumentNullException.ThrowIfNull(other);
        Network.Ip($"link add eth1 type veth peer name eth1 netns {other.Network.Name}", $"address add {address}/24 dev eth1", "link set eth1 up");
        other.Network.Ip($"address add {otherAddress}/24 dev eth1", "link set eth1 up");
    }

    /// <summary>Starts it with a configuration of bgpd.</summary>
    public void Start(string bgp)
    {
        File.WriteAllText($"{_folder}/zebra.conf", $"hostname {_name}\n");
        File.WriteAllText($"{_folder}/bgpd.conf", $"hostname {_name}\n{bgp}\n");
        Must.Run(["chown", "-R", "frr:frr", _folder]);
        foreach (var daemon in (string[])["zebra", "bgpd"])
        {
            var inside = Network.Command(
                $"/usr/lib/frr/{daemon}", "-f", $"{_folder}/{daemon}.conf", "-z", $"{_folder}/zebra.sock", "-i", $"{_folder}/{daemon}-run.pid",
                "--vty_socket", _folder, "-A", "127.0.0.1", "-P", "0", "--log", "stdout");
            var started = Command.Start(inside[0], [.. inside.Skip(1)]);
            _daemons.Add(started);
            _lab.Folder.Own($"{_name}-{daemon}", started.Pid);
            started.WaitForLine(line => line.Contains(" starting: ", StringComparison.Ordinal), Must.Patience);
        }
    }

    public string Vtysh(string command) => Must.Run(["vtysh", "--vty_socket", _folder, "-c", command]);

    /// <summary>The networks that it has a route to, each with the AS path of the best one.</summary>
    public IReadOnlyDictionary<string, string> Routes() => BgpTable.Of(Vtysh("show bgp ipv4 unicast json"));

    public void Dispose()
    {
        foreach (var daemon in _daemons)
            daemon.Dispose();
        Network.Dispose();
    }
}

/// <summary>bgpd's own account of its table.</summary>
public static class BgpTable
{
    /// <summary>Each network with the AS path of its best route, as it is written; of <c>show bgp ipv4 unicast json</c>.</summary>
    public static IReadOnlyDictionary<string, string> Of(string json) =>
        (JsonNode.Parse(json)!["routes"]?.AsObject() ?? []).Where(route => Best(route.Value) is not null)
            .ToDictionary(route => route.Key, route => (string?)Best(route.Value)!["path"] ?? "", StringComparer.Ordinal);

    private static JsonNode? Best(JsonNode? paths) => paths!.AsArray().FirstOrDefault(path => (bool?)path!["bestpath"] == true && path["suppressed"] is null);
}
