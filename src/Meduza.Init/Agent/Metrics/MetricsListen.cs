using System.Net;

namespace Meduza.Init.Agent.Metrics;

/// <summary>Where metrics are served, as the environment says it.</summary>
/// <param name="Endpoint">Null where they are not.</param>
/// <param name="Problem">Why not, though the variable is set, with the remedy; null otherwise.</param>
internal sealed record MetricsListen(IPEndPoint? Endpoint, string? Problem)
{
    public const string Variable = "METRICS_LISTEN";

    public static MetricsListen Off { get; } = new(null, null);

    /// <summary>Reads <c>ADDRESS:PORT</c>, an IPv6 address in brackets. What is wrong turns metrics off, and nothing else.</summary>
    /// <param name="text">Null for not set.</param>
    public static MetricsListen Parse(string? text)
    {
        if (text is null)
            return Off;
        // Without a port it would be port 0: any.
        return IPEndPoint.TryParse(text, out var endpoint) && endpoint.Port != 0
            ? new(endpoint, null)
            : new(null, $"'{text}' is no address with a port, so no metrics are served: write it as 127.0.0.1:9470 or [::1]:9470");
    }
}
