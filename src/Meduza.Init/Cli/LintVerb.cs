using System.CommandLine;
using Meduza.Gateway.Lint;
using Meduza.Init.Cli.KeyFiles;
using Snapshot = Meduza.Gateway.Model.Snapshot;

namespace Meduza.Init.Cli;

/// <summary><c>meduza lint [--from FILE|-] [--json]</c>: every node's keys checked, each by itself and against the others.</summary>
internal sealed class LintVerb : Verb
{
    private readonly Option<string> _from = CommonOptions.From(required: false);
    private readonly Option<bool> _json = CommonOptions.Json();

    public LintVerb(Session session)
        : base(
            "lint", "Check the keys of the whole fleet, without a gateway", session,
            ("meduza lint", "the keys in etcd, which the environment names (ETCD_ENDPOINTS, …)"),
            ("meduza lint --from keys.yaml", "a file of keys; exit code 3 when there are errors, for CI"))
    {
        Add(_from);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var keys = arguments.GetValue(_from) is { } from ? KeyFile.Read(from, Session) : await FromEtcdAsync(cancellation);
        var report = FleetLint.Check(keys);
        if (arguments.GetValue(_json))
            Session.Output.WriteLine(JsonText.Document(LintDocument.Of(report), CliJson.Write));
        else
            LintText.Print(Session, report);
        return report.HasErrors ? ExitCodes.NotYet : ExitCodes.Done;
    }

    private async Task<Snapshot> FromEtcdAsync(CancellationToken cancellation)
    {
        await using var etcd = await KeyAccess.OpenAsync(Session, cancellation);
        return await etcd.ReadAsync(KeyAccess.OperatorPrefixes, cancellation);
    }
}
