using System.CommandLine;
using System.Text;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Cli;

/// <summary><c>meduza keys export [PREFIX] [--json] [--out FILE]</c>: the keys as one file, of one revision.</summary>
internal sealed class KeysExportVerb : Verb
{
    private readonly Argument<string?> _prefix = CommonOptions.Prefix("Only the keys that begin so; without it all that operators write");
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _out = new("--out")
    {
        Description = "Write to this file, for its owner alone, instead of standard output",
        HelpName = "FILE",
    };

    public KeysExportVerb(Session session)
        : base(
            "export", "Write the keys in etcd as one YAML or JSON file. It holds every secret of the network", session,
            ("meduza keys export --out keys.yaml", "all keys under /global/, /nodes/ and /dns/hosts/; the file's mode is 0600"),
            ("meduza keys export /nodes/gw1/ --json", "one node's, as JSON on standard output"))
    {
        Add(_prefix);
        Add(_json);
        Add(_out);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var prefix = arguments.GetValue(_prefix);
        await using var etcd = await KeyAccess.OpenAsync(Session, cancellation);
        var keys = await etcd.ReadAsync(prefix is null ? KeyAccess.OperatorPrefixes : [prefix], cancellation);
        // Below a short prefix they would come along, and no import takes them; who asks for them by name gets them.
        if (prefix is not null && !KeyAccess.IsGateways(prefix))
            keys = keys with { Keys = keys.Keys.RemoveRange(keys.Keys.Keys.Where(KeyAccess.IsGateways)) };
        var text = arguments.GetValue(_json) ? KeyText.Json(keys) : KeyText.Yaml(keys);
        if (arguments.GetValue(_out) is not { } path)
        {
            Session.Output.Write(text);
            return ExitCodes.Done;
        }

        try
        {
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(text), UnixFileMode.UserRead | UnixFileMode.UserWrite, geteuid(), getegid(), sync: true);
        }
        catch (LinuxException e)
        {
            throw new CommandException($"{e.Message}: name a file in a folder that can be written");
        }
        Session.Output.WriteLine($"{keys.Keys.Count} keys of revision {keys.Revision} in {Tones.Clean(path)}: it holds every secret, keep it like one");
        return ExitCodes.Done;
    }
}
