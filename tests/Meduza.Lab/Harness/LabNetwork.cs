using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>
/// A lab: a core namespace with a bridge, the underlay 192.0.2.0/24, and an etcd on 192.0.2.1; gateways on the bridge; hosts
/// behind the gateways. Disposing takes all of it down and then looks whether anything was left.
/// </summary>
public sealed class LabNetwork : IDisposable
{
    private readonly List<IDisposable> _parts = [];
    private readonly List<Gateway> _gateways = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    private LabNetwork(LabFolder folder)
    {
        Folder = folder;
        Core = NetworkNamespace.Create(folder.Prefix + "core");
        Core.Ip(
            "link set lo up",
            "link add br0 type bridge",
            "address add 192.0.2.1/24 dev br0",
            "link set br0 up");
        _parts.Add(Core);
    }

    public LabFolder Folder { get; }
    public NetworkNamespace Core { get; }
    public Etcd Etcd { get; private set; } = null!;

    /// <summary>All that happened to the keys since the lab was made.</summary>
    public EtcdEvents Events { get; private set; } = null!;

    public IReadOnlyList<Gateway> Gateways => _gateways;

    public static LabNetwork Create(EtcdOptions? etcd = null)
    {
        var lab = new LabNetwork(LabFolder.Create());
        Live.Add(lab);
        try
        {
            lab.Etcd = lab.MakeEtcd(etcd ?? new());
            lab.Events = lab.Own(lab.Etcd.Watch());
            return lab;
        }
        catch
        {
            lab.Dispose();
            throw;
        }
    }

    private Etcd MakeEtcd(EtcdOptions options)
    {
        List<EtcdMember> members = options.Members == 1
            ? [new(Core, Folder, "etcd", "192.0.2.1", options)]
            : [.. Enumerable.Range(2, options.Members).Select(n => new EtcdMember(Place($"etcd{n}", $"192.0.2.{n}"), Folder, $"etcd{n}", $"192.0.2.{n}", options))];
        foreach (var member in members)
            member.Network.Ip("link set lo up");
        return Own(new Etcd(Core, Folder, "192.0.2.1", members, options));
    }

    /// <summary>A network namespace on the underlay: its <c>eth0</c> is the core's device <paramref name="name"/>, on the bridge.</summary>
    internal NetworkNamespace Place(string name, string underlay)
    {
        var network = Own(NetworkNamespace.Create(Folder.Prefix + name));
        Core.Ip(
            $"link add {name} type veth peer name eth0 netns {network.Name}",
            $"link set {name} master br0 up");
        network.Ip(
            $"address add {underlay}/24 dev eth0",
            "link set eth0 up");
        return network;
    }

    /// <summary>A place for a gateway; it is not started yet.</summary>
    public Gateway AddGateway(string name)
    {
        var gateway = Own(new Gateway(this, name, $"192.0.2.{11 + _gateways.Count}"));
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Writes <c>/commit</c> and waits for what a gateway says of it.</summary>
    public Outcome Commit(string value, Gateway gateway, string? result = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        Etcd.Commit(value);
        return Events.WaitForCommit(gateway.Name, value, result, timeout);
    }

    /// <summary>Runs the operator's tool beside etcd, where nothing that a gateway does cuts it off.</summary>
    public CommandResult Meduza(params IReadOnlyList<string> arguments)
    {
        var link = $"{Folder.Path}/meduza";
        if (!File.Exists(link))
            File.CreateSymbolicLink(link, Binary.Path);
        var command = Core.Command([link, .. arguments]);
        return Command.Run(command[0], [.. command.Skip(1)], TimeSpan.FromMinutes(2), environment: [.. Spawn.OwnEnvironment(), $"ETCD_ENDPOINTS={Etcd.Endpoint}"]);
    }

    /// <summary>What goes when the lab goes, the latest first.</summary>
    public T Own<T>(T part) where T : IDisposable
    {
        lock (_gate)
            _parts.Add(part);
        return part;
    }

    /// <exception cref="LabException">Something was left behind; it says what.</exception>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            var traces = new LabTraces(this);
            // Whatever fails to go by itself is what TakeDown and the look afterwards are for.
            var failures = new List<Exception>();
            foreach (var part in Enumerable.Reverse(_parts))
            {
                try
                {
                    part.Dispose();
                }
                catch (Exception e)
                {
                    failures.Add(e);
                }
            }
            Folder.TakeDown();
            Live.Remove(this);
            var left = traces.Left();
            if (left.Count > 0 || failures.Count > 0)
                throw new LabException(string.Join('\n', ["the lab did not go cleanly", .. left, .. failures.Select(f => f.Message)]));
        }
    }
}
