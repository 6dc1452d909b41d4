using System.Text.Json.Nodes;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>A place in the lab for a gateway: a network namespace on the underlay. The gateway itself is started, stopped and started again in it.</summary>
public sealed class Gateway : IDisposable
{
    private readonly LabNetwork _lab;
    private PidOne? _init;

    internal Gateway(LabNetwork lab, string name, string underlay)
    {
        (_lab, Name, Underlay) = (lab, name, underlay);
        Network = lab.Place(name, underlay);
    }

    /// <summary>Its node id.</summary>
    public string Name { get; }

    /// <summary>Its address on <c>eth0</c>.</summary>
    public string Underlay { get; }

    public NetworkNamespace Network { get; }

    /// <summary>Its PID 1, while it was started.</summary>
    /// <exception cref="LabException">It was not.</exception>
    public PidOne Init => _init ?? throw new LabException($"{Name} is not started");

    /// <summary>
    /// A network behind it: device <paramref name="device"/> with the first address, and a host with the second one and a
    /// route to everywhere through the gateway.
    /// </summary>
    /// <param name="network">The first three bytes of a /24: <c>10.1.0</c>.</param>
    /// <param name="device">The gateway's device in it.</param>
    public LanHost AddLan(string network, string device = "lan0")
    {
        var host = new LanHost(NetworkNamespace.Create($"{Network.Name}-{device}"), $"{network}.2");
        _lab.Own(host);
        Network.Ip(
            $"link add {device} type veth peer name eth0 netns {host.Network.Name}",
            $"address add {network}.1/24 dev {device}",
            $"link set {device} up");
        host.Network.Ip(
            $"address add {host.Address}/24 dev eth0",
            "link set lo up",
            "link set eth0 up",
            $"route add default via {network}.1");
        return host;
    }

    /// <summary>A folder out here that it has as <c>/data</c> from its next start on; null is none that outlives it.</summary>
    public string? Data { get; set; }

    /// <summary>Programs that it has from its next start on, see <see cref="PidOneOptions.Programs"/>.</summary>
    public IReadOnlyDictionary<string, string> Programs { get; set; } = new Dictionary<string, string>();

    /// <summary>Boots it, with a root as fresh as the first time.</summary>
    /// <param name="environment">What comes beside, or instead of, <c>NODE_ID</c> and <c>ETCD_ENDPOINTS</c>; a bare name takes one away.</param>
    /// <param name="prepare">See <see cref="PidOneOptions.Prepare"/>.</param>
    public PidOne Start(IReadOnlyList<string>? environment = null, string prepare = "")
    {
        _init?.Dispose();
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["NODE_ID"] = Name,
            ["ETCD_ENDPOINTS"] = _lab.Etcd.Endpoint,
        };
        foreach (var variable in environment ?? [])
        {
            var end = variable.IndexOf('=', StringComparison.Ordinal);
            if (end < 0)
                variables.Remove(variable);
            else
                variables[variable[..end]] = variable[(end + 1)..];
        }
        _init = PidOne.Start(_lab.Folder, new()
        {
            Name = Name,
            Network = Network,
            Environment = [.. variables.Select(v => $"{v.Key}={v.Value}")],
            Prepare = prepare,
            Data = Data,
            Programs = Programs,
        });
        return _init;
    }

    /// <summary>Boots it with files for TLS towards etcd, and more environment.</summary>
    public PidOne Start(LabCertificates certificates, params IReadOnlyList<string> environment)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        // The lab's folder is not seen from inside: its files are put where the gateway looks for them.
        (string Name, string Path)[] files =
            [("ca", certificates.Authority), ("cert", certificates.ClientCertificate), ("key", certificates.ClientKey)];
        var prepare = string.Join('\n', files.Select(f => $"cat > /etc/etcd-{f.Name}.pem <<'PEM'\n{File.ReadAllText(f.Path)}PEM"));
        return Start(["ETCD_CA=/etc/etcd-ca.pem", "ETCD_CERT=/etc/etcd-cert.pem", "ETCD_KEY=/etc/etcd-key.pem", .. environment], prepare);
    }

    /// <summary>The daemons that PID 1 runs, the agent aside: what must not change when nothing calls for it.</summary>
    public IReadOnlyList<SeenProcess> Daemons()
    {
        var processes = Init.Processes();
        // What was started from outside (nsenter) has a parent in another namespace, and the agent is the binary itself.
        return
        [
            .. processes
                .Where(p => p.Parent == Init.HostPid && !p.CommandLine.Contains("meduza-init", StringComparison.Ordinal) && p.State != 'Z')
                .Select(p => p with { State = '-' })
                .OrderBy(p => p.Pid),
        ];
    }

    /// <summary>The process of the agent, or null while there is none.</summary>
    public SeenProcess? Agent() =>
        Init.Processes().FirstOrDefault(p => p.Parent == Init.HostPid && p.CommandLine.EndsWith(" agent", StringComparison.Ordinal));

    /// <summary>Asks <c>meduza status</c> until it says that all that is enabled is up.</summary>
    /// <returns>Its table.</returns>
    /// <exception cref="LabException">It does not in time; with the last table.</exception>
    public string WaitUntilUp(TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            var status = Init.Meduza("status");
            if (status.ExitCode == 0)
                return status.Output;
            if (Environment.TickCount64 > deadline)
                throw new LabException($"{Name} is not up after {timeout.TotalSeconds:0} s: exit code {status.ExitCode}\n{status.Output}{status.Error}");
            Thread.Sleep(200);
        }
    }

    /// <summary>A service's row of <c>meduza status --json</c>.</summary>
    /// <exception cref="LabException">There is no such service.</exception>
    public JsonNode Service(string name) => FindService(name) ?? throw new LabException($"{Name} has no service {name}");

    /// <summary>Waits until a service is in that state.</summary>
    /// <param name="waitingFor">What it must wait for there, too; null for whatever it may be.</param>
    /// <returns>Its row.</returns>
    public JsonNode UntilState(string service, string state, string? waitingFor = null) => Init.WaitFor(
        () => FindService(service) is { } row && (string?)row["state"] == state && (waitingFor is null || (string?)row["waiting_for"] == waitingFor) ? row : null,
        $"{service} is {state}{(waitingFor is null ? "" : $", waiting for {waitingFor}")}", TimeSpan.FromSeconds(60));

    private JsonNode? FindService(string name) => Init.Meduza("status", "--json").Output is { Length: > 0 } json
        ? JsonNode.Parse(json)!["services"]!.AsArray().FirstOrDefault(row => (string?)row!["name"] == name)
        : null;

    /// <summary>Sends a service's process a signal.</summary>
    /// <returns>Its pid in there.</returns>
    public int Signal(string service, int number)
    {
        var pid = (int)Service(service)["pid"]!;
        Signals.Send(Init.Processes().Single(process => process.Pid == pid).HostPid, number);
        return pid;
    }

    /// <summary>Pings from the gateway itself.</summary>
    public CommandResult Ping(string address) => Network.Run("ping", "-n", "-c", "1", "-W", "1", address);

    public void Dispose()
    {
        _init?.Dispose();
        Network.Dispose();
    }
}
