using System.CommandLine;
using System.CommandLine.Help;
using Meduza.Init.Cli.Commits;
using Meduza.Init.Cli.Doctor;
using Meduza.Init.Cli.Plans;
using Meduza.Init.Cli.Rollbacks;
using Meduza.Init.Cli.Support;
using Meduza.Linux;

namespace Meduza.Init.Cli;

/// <summary>
/// The operator's tool: parses the arguments, runs the verb, and ends with its exit code. An error is one line on
/// standard error that names the thing and the remedy; a stack trace is never shown.
/// </summary>
internal static class CommandLine
{
    private const string Name = "meduza";

    /// <summary>Runs a command line on this process's standard output and error.</summary>
    /// <returns>The exit code, of <see cref="ExitCodes"/>.</returns>
    public static int Run(string[] args) => RunAsync(args, Session.OfProcess(), CancellationToken.None).GetAwaiter().GetResult();

    internal static async Task<int> RunAsync(string[] args, Session session, CancellationToken cancellation)
    {
        try
        {
            var code = await InvokeAsync(args, session, cancellation);
            session.Output.Flush();
            session.Error.Flush();
            return code;
        }
        catch (LinuxException e) when (e.Errno == Tmds.Linux.LibC.EPIPE)
        {
            // `meduza logs | head`: who read has had enough.
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> InvokeAsync(string[] args, Session session, CancellationToken cancellation)
    {
        var root = Root(session);
        // No response files: an argument that begins with @ is what it is.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is not HelpText && WrongUsage(parsed) is { } wrong)
            return Fail(session, wrong, ExitCodes.Usage);

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = session.Output,
                    Error = session.Error,
                    EnableDefaultExceptionHandler = false,
                    // No signal handlers: an interrupt just ends it.
                    ProcessTerminationTimeout = null,
                },
                cancellation);
        }
        catch (CommandException e)
        {
            return Fail(session, e.Message, e.ExitCode);
        }
    }

    private static string? WrongUsage(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand or VerbGroup)
        {
            var verbs = string.Join(", ", command.Subcommands.Select(c => c.Name));
            return parsed.UnmatchedTokens is [var unknown, ..]
                ? $"no verb '{unknown}': there are {verbs}; see `{Called(command)} --help`"
                : $"a verb is missing: there are {verbs}; see `{Called(command)} --help`";
        }
        return parsed.Errors is [var first, ..] ? $"{first.Message.TrimEnd('.')}: see `{Called(command)} --help`" : null;
    }

    /// <summary>The command as it is typed, from the program's name on.</summary>
    private static string Called(Command command) => command switch
    {
        RootCommand => Name,
        _ => $"{string.Join(' ', command.Parents.OfType<Command>().Select(Called))} {command.Name}",
    };

    private static int Fail(Session session, string message, int code)
    {
        // What was printed before comes first, also when both go to one place.
        session.Output.Flush();
        session.Error.WriteLine($"{Name}: {Tones.Clean(message.ReplaceLineEndings(" "))}");
        return code;
    }

    private static RootCommand Root(Session session)
    {
        var root = new RootCommand("Shows and steers the gateway that runs on this machine.") { HelpName = Name };
        root.Directives.Clear();
        root.Options.Clear();
        root.Options.Add(new HelpOption("--help", "-h")
        {
            Action = new HelpText([
                ("meduza status", "how this node is"),
                ("meduza logs -f bgpd", "what a daemon says"),
            ]),
        });
        Verb[] verbs =
        [
            new StatusVerb(session), new LogsVerb(session), new ReconcileVerb(session), new RefreshVerb(session), new WaitVerb(session), new StartVerb(session), new StopVerb(session),
            new RestartVerb(session), new UpgradeVerb(session), new DoctorVerb(session), new SupportVerb(session), new VersionVerb(session),
            new PlanVerb(session), new CommitVerb(session), new ConfirmVerb(session), new RollbackVerb(session), new LintVerb(session), new RenderVerb(session), new GenerateVerb(session), new SchemaVerb(session),
        ];
        foreach (var verb in verbs)
            root.Add(verb);
        root.Add(new VerbGroup("keys", "Move the keys of all gateways between etcd and a file", new KeysExportVerb(session), new KeysImportVerb(session)));
        return root;
    }
}
