using System.Collections.Immutable;

namespace Meduza.Init.Agent;

/// <summary>One etcd endpoint.</summary>
/// <param name="Uri"><c>http</c> or <c>https</c>, with host and port.</param>
internal sealed record EtcdEndpoint(Uri Uri)
{
    public bool IsTls => Uri.Scheme == Uri.UriSchemeHttps;

    public override string ToString() => Uri.GetLeftPart(UriPartial.Authority);
}

/// <summary>How etcd is reached: what the environment says about it, for the agent and for an operator's tool alike.</summary>
internal record EtcdSettings
{
    public const string EndpointsVariable = "ETCD_ENDPOINTS";

    public const string PasswordVariable = "ETCD_PASS";

    public ImmutableArray<EtcdEndpoint> Endpoints { get; init; } = [];

    /// <summary>True where the endpoints are the one etcd that PID 1 runs on this machine.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Paths of PEM files; null where not set.</summary>
    public string? CaFile { get; init; }
    public string? CertificateFile { get; init; }
    public string? KeyFile { get; init; }

    public string? User { get; init; }
    public string? Password { get; init; }

    /// <summary>Reads the settings from environment variables.</summary>
    /// <param name="variable">Gives a variable's value, null where it is not set.</param>
    /// <param name="errors">One line for each variable that is missing or wrong, with the remedy.</param>
    /// <returns>The settings; null when there are errors.</returns>
    public static EtcdSettings? Parse(Func<string, string?> variable, out ImmutableArray<string> errors)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        var settings = Etcd(variable, found);
        errors = found.ToImmutable();
        return errors.IsEmpty ? settings : null;
    }

    /// <param name="errors">Gets a line for each variable that is missing or wrong.</param>
    protected static EtcdSettings Etcd(Func<string, string?> variable, ImmutableArray<string>.Builder errors)
    {
        string? Get(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        var list = Get(EndpointsVariable);
        var isLocal = LocalEtcd.IsAskedFor(list);
        var settings = new EtcdSettings
        {
            IsLocal = isLocal,
            Endpoints = isLocal ? [LocalEtcd.Endpoint] : ParseEndpoints(list, errors),
            CaFile = ExistingFile("ETCD_CA", Get, errors),
            CertificateFile = ExistingFile("ETCD_CERT", Get, errors),
            KeyFile = ExistingFile("ETCD_KEY", Get, errors),
            User = Get("ETCD_USER"),
            Password = variable(PasswordVariable),
        };
        if ((settings.CertificateFile is null) != (settings.KeyFile is null))
            errors.Add("ETCD_CERT and ETCD_KEY go together: set both, or neither");
        if (settings.User is not null && string.IsNullOrEmpty(settings.Password))
            errors.Add("ETCD_USER is set but ETCD_PASS is not: set the password");
        return settings;
    }

    private static ImmutableArray<EtcdEndpoint> ParseEndpoints(string? list, ImmutableArray<string>.Builder errors)
    {
        if (list is null)
        {
            errors.Add(
                $"ETCD_ENDPOINTS is not set: set it to etcd's addresses, as in https://10.0.0.1:2379,https://10.0.0.2:2379, or to {LocalEtcd.Word} for one on this machine");
        }
        var endpoints = ImmutableArray.CreateBuilder<EtcdEndpoint>();
        foreach (var item in (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (item == LocalEtcd.Word)
                errors.Add($"ETCD_ENDPOINTS has '{LocalEtcd.Word}' beside others: it stands alone, for an etcd on this machine");
            else if (ParseEndpoint(item) is { } endpoint)
                endpoints.Add(endpoint);
            else
                errors.Add($"ETCD_ENDPOINTS has '{item}', which is no address: write http://HOST:PORT or https://HOST:PORT");
        }
        return endpoints.ToImmutable();
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
}
