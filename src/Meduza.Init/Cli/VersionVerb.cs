using System.CommandLine;

namespace Meduza.Init.Cli;

/// <summary><c>meduza version [--json]</c>: version, commit, runtime.</summary>
internal sealed class VersionVerb : Verb
{
    private readonly Option<bool> _json = CommonOptions.Json();

    public VersionVerb(Session session)
        : base(
            "version", "Show what this binary is", session,
            ("meduza version --json", "for a script"))
        => Add(_json);

    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var version = VersionDocument.Of(BuildInfo.Version);
        Session.Output.WriteLine(
            arguments.GetValue(_json) ? JsonText.Document(version, CliJson.Write) : version.ToString());
        return Task.FromResult(ExitCodes.Done);
    }
}
