using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Meduza.Init.Agent.Store;
using Meduza.Init.Cli.KeyFiles;

namespace Meduza.Init.Cli;

/// <summary><c>meduza keys import FILE|- [PREFIX] [--prune] [--dry-run] [--json]</c>: makes etcd hold what a file holds.</summary>
internal sealed class KeysImportVerb : Verb
{
    /// <summary>Bytes in one transaction: etcd takes 1.5 MiB with all that is around them (<c>--max-request-bytes</c>).</summary>
    private const int MostBytes = 1 << 20;

    private readonly Argument<string> _file = new("FILE") { Description = "Flat JSON or YAML, or what `etcdctl get -w json` prints; - is standard input" };
    private readonly Argument<string?> _prefix = CommonOptions.Prefix("Only the keys that begin so, of the file and in etcd");
    private readonly Option<bool> _prune = new("--prune") { Description = "Also delete the keys in etcd that the file does not have" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be written and deleted, and write nothing" };
    private readonly Option<bool> _json = CommonOptions.Json();

    public KeysImportVerb(Session session)
        : base(
            "import", "Write the keys of a file into etcd. No gateway applies them before the next commit", session,
            ("meduza keys import keys.yaml", "adds and changes; what is only in etcd stays"),
            ("meduza keys import keys.yaml --prune --dry-run", "what would change if etcd had to hold the file's keys and no others"),
            ("meduza keys import keys.yaml /nodes/gw1/ --prune", "one node's keys, and all that it has more in etcd goes"))
    {
        Add(_file);
        Add(_prefix);
        Add(_prune);
        Add(_dryRun);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var file = KeyFile.Read(arguments.GetRequiredValue(_file), Session);
        ImmutableArray<string> prefixes = arguments.GetValue(_prefix) is { } prefix ? [prefix] : KeyAccess.OperatorPrefixes;
        if (prefixes.FirstOrDefault(KeyAccess.IsGateways) is { } theirs)
            throw new CommandException($"{theirs} is not for operators to write: gateways write /updated/, and a commit is `meduza commit`", ExitCodes.Usage);

        await using var etcd = await KeyAccess.OpenAsync(Session, cancellation);
        var there = await etcd.ReadAsync(prefixes, cancellation);
        var difference = KeyDifference.Of(file, there, prefixes, arguments.GetValue(_prune));
        var dryRun = arguments.GetValue(_dryRun);
        if (!dryRun)
            await WriteAsync(etcd, difference, cancellation);

        var document = new KeysImportDocument(difference.Puts.Length, difference.Unchanged, difference.Deletes.Length, difference.LeftOut, dryRun);
        if (arguments.GetValue(_json))
        {
            Session.Output.WriteLine(JsonText.Document(document, CliJson.Write));
            return ExitCodes.Done;
        }
        if (dryRun)
            Show(difference);
        Session.Output.WriteLine(document.ToString());
        return ExitCodes.Done;
    }

    private void Show(KeyDifference difference)
    {
        // No values: they may be secrets, and this is for the eye.
        foreach (var (key, _) in difference.Puts)
            Session.Output.WriteLine(Tones.Paint($"+ {Tones.Clean(key)}", Tone.Good, Session.Colour));
        foreach (var key in difference.Deletes)
            Session.Output.WriteLine(Tones.Paint($"- {Tones.Clean(key)}", Tone.Bad, Session.Colour));
    }

    private static async Task WriteAsync(KeyAccess etcd, KeyDifference difference, CancellationToken cancellation)
    {
        var done = 0;
        var all = difference.Puts.Length + difference.Deletes.Length;
        try
        {
            for (var rest = difference.Puts.AsMemory(); rest.Length > 0;)
            {
                var count = Fitting(rest.Span);
                await etcd.WriteAsync(rest[..count].ToArray().Select(key => (key.Key, key.Value)), [], cancellation);
                rest = rest[count..];
                done += count;
            }
            foreach (var keys in difference.Deletes.Chunk(EtcdConnection.MostOperations))
            {
                await etcd.WriteAsync(Array.Empty<(string, ReadOnlyMemory<byte>)>(), keys, cancellation);
                done += keys.Length;
            }
        }
        catch (CommandException e) when (done > 0)
        {
            throw new CommandException($"{e.Message}; {done} of {all} keys are written: the same import again goes on from there");
        }
    }

    /// <summary>How many of the first keys go into one transaction, one at least.</summary>
    private static int Fitting(ReadOnlySpan<KeyValuePair<string, ReadOnlyMemory<byte>>> keys)
    {
        var (count, bytes) = (0, 0L);
        while (count < keys.Length && count < EtcdConnection.MostOperations)
        {
            bytes += Encoding.UTF8.GetByteCount(keys[count].Key) + keys[count].Value.Length;
            if (bytes > MostBytes && count > 0)
                break;
            count++;
        }
        return count;
    }
}

/// <summary>What an import did, or in a dry run would do: how many keys.</summary>
internal sealed record KeysImportDocument(int Put, int Unchanged, int Deleted, int LeftOut, bool DryRun)
{
    public override string ToString() =>
        $"{(DryRun ? "would be: " : "")}{Put} put, {Unchanged} unchanged, {Deleted} deleted"
        + (LeftOut > 0 ? $", {LeftOut} left out (not below the prefix, or gateways' own: /commit and /updated/)" : "");
}
