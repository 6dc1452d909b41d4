using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Init.Agent.Metrics;

namespace Meduza.Init.Agent;

/// <summary>What the environment says about this node: who it is, and how it reaches etcd.</summary>
internal sealed record NodeSettings : EtcdSettings
{
    public const string NodeIdVariable = "NODE_ID";

    public const string DownloadProxyVariable = "MOSDNS_HTTP_PROXY";

    private NodeSettings(EtcdSettings etcd) : base(etcd) { }

    public string NodeId { get; init; } = "";

    /// <summary>Time to live of <c>/updated/ID/online</c>.</summary>
    public TimeSpan OnlineTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often WireGuard devices are read for their handshakes.</summary>
    public TimeSpan WireGuardStatusInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Fallback resolvers.</summary>
    public ImmutableArray<IPAddress> Nameservers { get; init; } = [];

    /// <summary>The next router; null where the machine's own default route stays.</summary>
    public IPAddress? DefaultGateway { get; init; }

    /// <summary>The proxy through which rule files are downloaded; null for mihomo while it runs.</summary>
    public Uri? DownloadProxy { get; init; }

    /// <summary>Where metrics are served.</summary>
    public MetricsListen Metrics { get; init; } = MetricsListen.Off;

    /// <summary>Reads the settings from environment variables.</summary>
    /// <param name="variable">Gives a variable's value, null where it is not set.</param>
    /// <param name="errors">One line for each variable that is missing or wrong, with the remedy.</param>
    /// <returns>The settings; null when there are errors.</returns>
    public static new NodeSettings? Parse(Func<string, string?> variable, out ImmutableArray<string> errors)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        string? Get(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        var nodeId = Get(NodeIdVariable);
        if (nodeId is null)
            found.Add("NODE_ID is not set: set it to this node's name under /nodes/ in etcd");
        else if (!InstanceName.TryParse(nodeId, out _))
            found.Add("NODE_ID is not a node name: use letters, digits, '.', '_' and '-', at most 63 characters");

        var settings = new NodeSettings(Etcd(variable, found))
        {
            NodeId = nodeId ?? "",
            OnlineTtl = Seconds("UPDATE_TTL_SECONDS", 60, Get, found),
            WireGuardStatusInterval = Seconds("WIREGUARD_STATUS_INTERVAL", 10, Get, found),
            DefaultGateway = ParseAddress("DEFAULT_GW", Get, found),
            Nameservers = ParseNameservers(Get("DNS_NAMESERVERS"), found),
            DownloadProxy = ParseProxy(DownloadProxyVariable, Get, found),
            Metrics = MetricsListen.Parse(Get(MetricsListen.Variable)),
        };

        errors = found.ToImmutable();
        return errors.IsEmpty ? settings : null;
    }

    private static TimeSpan Seconds(string name, int fallback, Func<string, string?> get, ImmutableArray<string>.Builder errors)
    {
        var text = get(name);
        if (text is null)
            return TimeSpan.FromSeconds(fallback);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 5 and <= 86400)
            return TimeSpan.FromSeconds(seconds);
        errors.Add($"{name} is '{text}': give whole seconds, 5 to 86400");
        return TimeSpan.FromSeconds(fallback);
    }

    private static IPAddress? ParseAddress(string name, Func<string, string?> get, ImmutableArray<string>.Builder errors)
    {
        var text = get(name);
        if (text is null)
            return null;
        if (IPAddress.TryParse(text, out var address))
            return address;
        errors.Add($"{name} is '{text}', which is no IP address");
        return null;
    }

    private static Uri? ParseProxy(string name, Func<string, string?> get, ImmutableArray<string>.Builder errors)
    {
        var text = get(name);
        if (text is null)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5" && proxy.Host.Length > 0)
            return proxy;
        errors.Add($"{name} is no proxy's address: give one as http://10.0.0.1:8080, https:// or socks5://");
        return null;
    }

    private static ImmutableArray<IPAddress> ParseNameservers(string? text, ImmutableArray<string>.Builder errors)
    {
        var servers = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (var item in (text ?? "223.5.5.5,119.29.29.29").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(item, out var address))
                servers.Add(address);
            else
                errors.Add($"DNS_NAMESERVERS has '{item}', which is no IP address");
        }
        return servers.ToImmutable();
    }
}
