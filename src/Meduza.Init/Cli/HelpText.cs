using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Meduza.Init.Cli;

/// <summary>The usual help of a command, and examples below it.</summary>
/// <param name="examples">Of the whole program, for the help of no verb.</param>
internal sealed class HelpText((string Line, string Meaning)[] examples) : SynchronousCommandLineAction
{
    // Fixed, since asking the terminal for its width would go through Console.
    private readonly HelpAction _usual = new() { MaxWidth = 100 };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        _usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var shown = parseResult.CommandResult.Command switch
        {
            Verb verb => verb.Examples,
            VerbGroup group => [.. group.Subcommands.OfType<Verb>().SelectMany(verb => verb.Examples)],
            _ => examples,
        };
        output.WriteLine("Examples:");
        foreach (var (line, meaning) in shown)
            output.WriteLine($"  {line}\n      {meaning}");
        return ExitCodes.Done;
    }
}
