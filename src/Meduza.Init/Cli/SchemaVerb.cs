using System.CommandLine;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Schema;

namespace Meduza.Init.Cli;

/// <summary><c>meduza schema [PART] [--json | --markdown]</c>: every key that there is.</summary>
internal sealed class SchemaVerb : Verb
{
    private readonly Argument<string?> _part = new("PART") { Arity = ArgumentArity.ZeroOrOne, Description = "Only keys of this part, or with this text in them" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<bool> _markdown = new("--markdown") { Description = "Print tables of Markdown, all parts" };

    public SchemaVerb(Session session)
        : base(
            "schema", "Show the keys, what their values are and what they mean", session,
            ("meduza schema tinc", "the keys of tinc"),
            ("meduza schema --json", "all keys, for a program"))
    {
        Add(_part);
        Add(_json);
        Add(_markdown);
        Validators.Add(result =>
        {
            if (result.GetValue(_markdown) && (result.GetValue(_json) || result.GetValue(_part) is not null))
                result.AddError("--markdown prints all parts, and no JSON: leave the rest out");
        });
    }

    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetValue(_markdown))
        {
            Session.Output.Write(SchemaTables.All());
            return Task.FromResult(ExitCodes.Done);
        }
        var specs = Select(arguments.GetValue(_part));
        Session.Output.Write(
            arguments.GetValue(_json)
                ? JsonText.Document(SchemaDocument.Of(specs), CliJson.Write) + "\n"
                : Table(specs));
        return Task.FromResult(ExitCodes.Done);
    }

    private static List<KeySpec> Select(string? part)
    {
        if (part is null)
            return [.. KeyTable.All];
        List<KeySpec> specs = [.. KeyTable.All.Where(spec => spec.Component == part)];
        if (specs.Count == 0)
            specs.AddRange(KeyTable.All.Where(spec => spec.Template.Contains(part, StringComparison.Ordinal)));
        if (specs.Count == 0)
        {
            var parts = string.Join(", ", KeyTable.All.Select(spec => spec.Component).Distinct());
            throw new CommandException($"no key is of part '{part}' or has that in it: there are the parts {parts}");
        }
        return specs;
    }

    private string Table(List<KeySpec> specs)
    {
        var table = new Columns("KEY", "VALUE", "DEFAULT", "MEANING");
        foreach (var spec in specs)
        {
            Cell value = new(spec.KindName + (spec.IsSecret ? ", secret" : ""), Tone.Faint);
            table.Add(new Cell(spec.Template), value, new Cell(spec.Default ?? ""), new Cell(spec.About));
        }
        return table.Text(Session.Colour);
    }
}
