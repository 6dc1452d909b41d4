using Meduza.Lab.Demo;

namespace Meduza.Lab.Harness;

/// <summary>
/// One gateway that runs everything there is: Tinc with a peer that does not answer, an OpenVPN instance whose
/// other end has no BGP, OSPF, dnsmasq. What happens at it is caused by the test alone.
/// </summary>
public sealed class SoloGateway : IDisposable
{
    public const string Node = "gw";
    public const string OpenVpnName = "link";

    private readonly string _secret = DemoKeys.OpenVpnStaticKey();

    private SoloGateway(LabNetwork lab)
    {
        Lab = lab;
        Gateway = lab.AddGateway(Node);
        Host = Gateway.AddLan("10.1.0");
        lab.Own(new OpenVpnPeer(lab, lab.Core, Gateway.Underlay, "10.254.0.2", "10.254.0.1", _secret));
    }

    public LabNetwork Lab { get; }
    public Gateway Gateway { get; }
    public LanHost Host { get; }
    public Etcd Etcd => Lab.Etcd;
    public PidOne Init => Gateway.Init;

    /// <summary>The lab and the keys, without a started gateway and without a commit.</summary>
    public static SoloGateway Create(EtcdOptions? etcd = null)
    {
        var solo = new SoloGateway(LabNetwork.Create(etcd));
        solo.Etcd.Put(solo.Keys());
        return solo;
    }

    /// <summary>Started, with its first commit applied and everything up.</summary>
    /// <param name="prepare">See <see cref="PidOneOptions.Prepare"/>.</param>
    public static SoloGateway Start(IReadOnlyList<string>? environment = null, string prepare = "")
    {
        var solo = Create();
        solo.Gateway.Start(environment, prepare);
        solo.Apply("first");
        solo.WaitUntilUp();
        return solo;
    }

    /// <summary>Writes keys, then <c>/commit</c>, and waits for a gateway that applies it.</summary>
    /// <exception cref="LabException">It came to another result.</exception>
    public Outcome Apply(string commit, params IReadOnlyList<(string Key, string Value)> keys)
    {
        var outcome = Commit(commit, keys);
        return outcome.Result == "applied" ? outcome : throw new LabException($"{commit}: {outcome}\n{Init.Output}");
    }

    /// <summary>Writes keys, then <c>/commit</c>, and waits for the outcome, whatever it is.</summary>
    public Outcome Commit(string commit, params IReadOnlyList<(string Key, string Value)> keys)
    {
        Etcd.Put(keys);
        return Lab.Commit(commit, Gateway, timeout: TimeSpan.FromSeconds(60));
    }

    /// <summary>Waits until every part says of itself that it is up.</summary>
    public void WaitUntilUp()
    {
        foreach (var part in new[] { "dnsmasq", "tinc", "frr", $"openvpn/{OpenVpnName}" })
            Lab.Events.WaitFor($"/updated/{Node}/{part}/status", e => e.Value?.StartsWith("up ", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(60));
    }

    public void Dispose() => Lab.Dispose();

    /// <summary>All of its keys, a hosts record, and the public half of an absent peer.</summary>
    private IReadOnlyList<(string Key, string Value)> Keys() =>
    [
        .. DemoKeys.Global(),
        .. DemoKeys.Node(Node, "10.1.0.0/24", "10.255.0.1"),
        .. DemoKeys.Tinc(Node, Gateway.Underlay, "10.255.0.1/24"),
        .. DemoKeys.Tinc("peer", "192.0.2.250", "10.255.0.250/24").Where(k => !k.Item1.EndsWith("private_key", StringComparison.Ordinal)),
        .. DemoKeys.Bgp(Node, 65001),
        .. DemoKeys.OpenVpn(Node, OpenVpnName, "192.0.2.1", "10.254.0.1", "10.254.0.2", 65003, _secret, keepalive: null),
        ("/dns/hosts/known.test", "10.1.0.77"),
    ];
}
