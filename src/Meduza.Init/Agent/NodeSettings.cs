using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Meduza.Init.Agent;

/// <summary>One etcd endpoint.</summary>
/// <param name="Uri"><c>http</c> or <c>https</c>, with host and port.</param>
internal sealed record EtcdEndpoint(Uri Uri)
{
    public bool IsTls => Uri.Scheme == Uri.UriSchemeHttps;

    public override string ToString() => Uri.GetLeftPart(UriPartial.Authority);
}

/// <summary>What the environment says about this node: who it is, and how it reaches etcd.</summary>
internal sealed partial record NodeSettings
{
    public const string NodeIdVariable = "NODE_ID";
    public const string EndpointsVariable = "ETCD_ENDPOINTS";

    public required string NodeId { get; init; }
    public required ImmutableArray<EtcdEndpoint> Endpoints { get; init; }

    /// <summary>Paths of PEM files; null where not set.</summary>
    public string? CaFile { get; init; }
    public string? CertificateFile { get; init; }
    public string? KeyFile { get; init; }

    public string? User { get; init; }
    public string? Password { get; init; }

    /// <summary>Time to live of <c>/updated/ID/online</c>.</summary>
    public TimeSpan OnlineTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often WireGuard devices are read for their handshakes.</summary>
    public TimeSpan WireGuardStatusInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Fallback resolvers.</summary>
    public ImmutableArray<IPAddress> Nameservers { get; init; } = [];

    /// <summary>The next router; null where the machine's own default route stays.</summary>
    public IPAddress? DefaultGateway { get; init; }

    /// <summary>Reads the settings from environment variables.</summary>
    /// <param name="variable">Gives a variable's value, null where it is not set.</param>
    /// <param name="errors">One line for each variable that is missing or wrong, with the remedy.</param>
    /// <returns>The settings; null when there are errors.</returns>
    public static NodeSettings? Parse(Func<string, string?> variable, out ImmutableArray<string> errors)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        string? Get(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        var nodeId = Get(NodeIdVariable);
        if (nodeId is null)
            found.Add("NODE_ID is not set: set it to this node's name under /nodes/ in etcd");
        else if (!NodeName().IsMatch(nodeId) || nodeId.Contains("..", StringComparison.Ordinal))
            found.Add("NODE_ID is not a node name: use letters, digits, '.', '_' and '-', at most 63 characters");

        var endpoints = ImmutableArray.CreateBuilder<EtcdEndpoint>();
        var list = Get(EndpointsVariable);
        if (list is null)
            found.Add("ETCD_ENDPOINTS is not set: set it to etcd's addresses, as in https://10.0.0.1:2379,https://10.0.0.2:2379");
        foreach (var item in (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseEndpoint(item) is { } endpoint)
                endpoints.Add(endpoint);
            else
                found.Add($"ETCD_ENDPOINTS has '{item}', which is no address: write http://HOST:PORT or https://HOST:PORT");
        }

        var settings = new NodeSettings
        {
            NodeId = nodeId ?? "",
            Endpoints = endpoints.ToImmutable(),
            CaFile = ExistingFile("ETCD_CA", Get, found),
            CertificateFile = ExistingFile("ETCD_CERT", Get, found),
            KeyFile = ExistingFile("ETCD_KEY", Get, found),
            User = Get("ETCD_USER"),
            Password = variable("ETCD_PASS"),
            OnlineTtl = Seconds("UPDATE_TTL_SECONDS", 60, Get, found),
            WireGuardStatusInterval = Seconds("WIREGUARD_STATUS_INTERVAL", 10, Get, found),
            DefaultGateway = ParseAddress("DEFAULT_GW", Get, found),
            Nameservers = ParseNameservers(Get("DNS_NAMESERVERS"), found),
        };
        if ((settings.CertificateFile is null) != (settings.KeyFile is null))
            found.Add("ETCD_CERT and ETCD_KEY go together: set both, or neither");
        if (settings.User is not null && string.IsNullOrEmpty(settings.Password))
            found.Add("ETCD_USER is set but ETCD_PASS is not: set the password");

        errors = found.ToImmutable();
        return errors.IsEmpty ? settings : null;
    }

    private static EtcdEndpoint? ParseEndpoint(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
            text = "https://" + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return null;
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            return null;
        // Uri fills in 80 or 443 where there is no port; etcd's own is 2379.
        var named = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
        var hasPort = named.LastIndexOf(':') is var colon and >= 0 && colon > named.LastIndexOf(']');
        return new(hasPort ? uri : new UriBuilder(uri) { Port = 2379 }.Uri);
    }

    private static string? ExistingFile(string name, Func<string, string?> get, ImmutableArray<string>.Builder errors)
    {
        var path = get(name);
        if (path is not null && !File.Exists(path))
            errors.Add($"{name} is {path}, which does not exist: give the path of a PEM file");
        return path;
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

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex NodeName();
}
