using System.CommandLine;
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

    /// <summary>As the help lists them.</summary>
    private static readonly string[] Verbs =
    [
        "status", "logs", "reconcile", "refresh", "wait", "start", "stop", "restart", "upgrade", "doctor", "support", "version",
        "plan", "commit", "confirm", "rollback", "lint", "render", "generate", "schema", "keys",
    ];

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
        // As most programs are asked.
        if (args is ["--version"])
            args = ["version"];
        var root = Root(args, session);
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
        if (command is not Verb)
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
        { Name: Name } => Name,
        _ => $"{string.Join(' ', command.Parents.OfType<Command>().Select(Called))} {command.Name}",
    };

    private static int Fail(Session session, string message, int code)
    {
        // What was printed before comes first, also when both go to one place.
        session.Output.Flush();
        session.Error.WriteLine($"{Name}: {Tones.Clean(message.ReplaceLineEndings(" "))}");
        return code;
    }

    /// <summary>
    /// The whole tree, or only what <paramref name="args"/> begin with where that is a verb: the others, with their options
    /// and examples, are of no use to it.
    /// </summary>
    private static Command Root(string[] args, Session session)
    {
        // No RootCommand and no HelpOption: their texts come from a resource, whose reading takes longer than all else here.
        var root = new Command(Name, "Shows and steers the gateway that runs on this machine.");
        root.Add(new Option<bool>("--help", "-h")
        {
            Description = "Show help and usage information",
            Recursive = true,
            Arity = ArgumentArity.Zero,
            Action = new HelpText([
                ("meduza status", "how this node is"),
                ("meduza logs -f bgpd", "what a daemon says"),
            ]),
        });
        foreach (var name in args is [var first, ..] && Verbs.Contains(first) ? [first] : Verbs)
            root.Add(Make(name, session));
        return root;
    }

    private static Command Make(string verb, Session session) => verb switch
    {
        "status" => new StatusVerb(session),
        "logs" => new LogsVerb(session),
        "reconcile" => new ReconcileVerb(session),
        "refresh" => new RefreshVerb(session),
        "wait" => new WaitVerb(session),
        "start" => new StartVerb(session),
        "stop" => new StopVerb(session),
        "restart" => new RestartVerb(session),
        "upgrade" => new UpgradeVerb(session),
        "doctor" => new DoctorVerb(session),
        "support" => new SupportVerb(session),
        "version" => new VersionVerb(session),
        "plan" => new PlanVerb(session),
        "commit" => new CommitVerb(session),
        "confirm" => new ConfirmVerb(session),
        "rollback" => new RollbackVerb(session),
        "lint" => new LintVerb(session),
        "render" => new RenderVerb(session),
        "generate" => new GenerateVerb(session),
        "schema" => new SchemaVerb(session),
        "keys" => new VerbGroup("keys", "Move the keys of all gateways between etcd and a file", new KeysExportVerb(session), new KeysImportVerb(session)),
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, null),
    };
}
