using System.Net;
using System.Net.Sockets;

namespace Meduza.Doubles.Mihomo;

/// <summary>The ports that a configuration has, opened and closed as it changes; what stays is left alone.</summary>
internal sealed class MihomoService(Faults faults) : IDisposable
{
    /// <summary>The address that it gives for every name.</summary>
    public static readonly IPAddress NamesAnswer = IPAddress.Parse("198.51.100.2");

    private readonly Dictionary<(string Kind, string Address), IDisposable> _open = [];
    private readonly Lock _lock = new();
    private volatile MihomoConfig? _config;

    public MihomoConfig Config => _config!;

    /// <summary>What was chosen over the API, by group.</summary>
    public Dictionary<string, string> Chosen { get; } = [];

    public Faults Faults => faults;

    public void Apply(MihomoConfig config)
    {
        lock (_lock)
        {
            _config = config;
            var wanted = Ports(config).ToList();
            foreach (var gone in _open.Keys.Except(wanted.Select(port => (port.Kind, port.Address.ToString()))).ToList())
            {
                _open[gone].Dispose();
                _open.Remove(gone);
            }
            foreach (var (kind, address, open) in wanted)
            {
                var key = (kind, address.ToString());
                if (_open.ContainsKey(key))
                    continue;
                try
                {
                    _open[key] = open(address);
                    MihomoLog.Say("info", $"{kind} listening at: {address}");
                }
                catch (SocketException e)
                {
                    MihomoLog.Say("error", $"Start {kind} server error: listen {address}: {e.Message}");
                }
            }
        }
    }

    /// <summary>Which of its members a group uses now.</summary>
    public string Now(Group group)
    {
        if (group.Type == "Selector" && Chosen.TryGetValue(group.Name, out var chosen) && group.Members.Contains(chosen))
            return chosen;
        // None works: it is on the one that it has for that.
        var isTesting = group.Type is "URLTest" or "Fallback";
        if (isTesting && faults.Has(Faults.Reject) && group.Members.Contains("REJECT"))
            return "REJECT";
        IEnumerable<string> members = group.Members;
        return members.FirstOrDefault(member => !isTesting || member is not ("REJECT" or "REJECT-DROP")) ?? members.FirstOrDefault("COMPATIBLE");
    }

    public void Dispose()
    {
        foreach (var port in _open.Values)
            port.Dispose();
    }

    private IEnumerable<(string Kind, IPEndPoint Address, Func<IPEndPoint, IDisposable> Open)> Ports(MihomoConfig config)
    {
        var any = config.AllowLan ? IPAddress.Any : IPAddress.Loopback;
        if (Endpoint(config.Controller) is { } controller)
            yield return ("RESTful API", controller, address => new MihomoApi(address, this));
        if (config.Dns is { } dns)
            yield return ("DNS server(UDP)", dns, address => new NamesPort(address, NamesAnswer, faults));
        if (config.SocksPort != 0)
            yield return ("SOCKS proxy", new(any, config.SocksPort), address => new ProxyPort(address, faults));
        if (config.MixedPort != 0)
            yield return ("Mixed(http+socks) proxy", new(any, config.MixedPort), address => new ProxyPort(address, faults));
        if (config.TproxyPort != 0)
            yield return ("TProxy", new(any, config.TproxyPort), address => new TransparentPort(address, faults));
    }

    private static IPEndPoint? Endpoint(string text) =>
        IPEndPoint.TryParse(text.Replace("localhost", "127.0.0.1", StringComparison.Ordinal) is var named && named.StartsWith(':') ? "0.0.0.0" + named : named, out var endpoint) ? endpoint : null;
}
