using System.Globalization;
using System.Net;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Cli.Doctor;

/// <summary>Each endpoint of etcd, as the agent would use it: reached, logged in, read; and how far its clock is from ours.</summary>
internal static class EtcdProbe
{
    private const string Part = "etcd";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Further than an answer's way and the whole seconds of HTTP's date explain.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> ProbeAsync(Session session, CancellationToken cancellation)
    {
        if (EtcdSettings.Parse(session.Variable, out var errors) is not { } settings)
            return [.. errors.Select(error => Finding.Problem(Part, "settings", error, "set it in the environment of PID 1, or in /etc/meduza/env"))];
        var findings = new List<Finding>();
        foreach (var endpoint in settings.Endpoints)
            findings.Add(await ProbeAsync(endpoint, settings, session.Time, cancellation));
        // One that answers is enough for a gateway.
        return findings.Exists(finding => finding.Level == Levels.Ok)
            ? [.. findings.Select(finding => finding.Level == Levels.Problem ? finding with { Level = Levels.Warning } : finding)]
            : findings;
    }

    private static async Task<Finding> ProbeAsync(EtcdEndpoint endpoint, EtcdSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await EtcdConnection.OpenAsync(endpoint, settings, cancellation);
            var (commit, _, revision) = await connection.ReadTriggersAsync(cancellation);
            var skew = await SkewAsync(endpoint, settings, time, cancellation);
            var detail = string.Create(
                CultureInfo.InvariantCulture, $"reached, at revision {revision}{(commit.Mark.Revision > 0 ? $", commit \"{commit.Mark.Value}\"" : ", nothing committed yet")}");
            return skew is { } far && far.Duration() > MostSkew
                ? Finding.Warning(
                    Part, endpoint.ToString(), string.Create(CultureInfo.InvariantCulture, $"{detail}; this machine's clock is {far.TotalSeconds:0} s {(far > TimeSpan.Zero ? "ahead of" : "behind")} etcd's"),
                    "set the clock of one of them: certificates are checked by it")
                : Finding.Ok(Part, endpoint.ToString(), detail);
        }
        catch (EtcdException e)
        {
            return Finding.Problem(Part, endpoint.ToString(), LocalEtcd.Explain(settings, e).Message, "without it no commit arrives: see that etcd runs, and ETCD_ENDPOINTS");
        }
    }

    /// <summary>Our clock less etcd's, by the date of an HTTP answer (RFC 9110, 6.6.1); null where it gives none.</summary>
    private static async Task<TimeSpan?> SkewAsync(EtcdEndpoint endpoint, EtcdSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        using var tls = endpoint.IsTls ? new EtcdTls(settings) : null;
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None };
        if (tls is not null)
            handler.SslOptions = tls.Options;
        using var http = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await http.GetAsync(new Uri(endpoint.Uri, "/version"), cancellation);
            return answer.Headers.Date is { } date ? time.GetUtcNow() - date : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return null; // it serves gRPC, which is what counts; its clock is not told
        }
    }
}
