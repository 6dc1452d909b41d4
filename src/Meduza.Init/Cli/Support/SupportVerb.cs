using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using Meduza.Init.Agent;
using Meduza.Init.Control;

namespace Meduza.Init.Cli.Support;

/// <summary><c>meduza support [FILE|-]</c>: one archive of all that says how this node is, for whoever is to help. No secret is in it.</summary>
internal sealed class SupportVerb : Verb
{
    private const string StandardOutput = "-";
    private const int MostLines = 100_000;

    // What others look at first is first.
    private static readonly (string File, string[] Command)[] Commands =
    [
        ("version.json", ["version", "--json"]), ("status.txt", ["status"]), ("status.json", ["status", "--json"]), ("doctor.txt", ["doctor"]), ("doctor.json", ["doctor", "--json"]),
        ("plan.txt", ["plan"]), ("plan.json", ["plan", "--json"]), ("logs/memory.txt", ["logs", "-n", MostLines.ToString(CultureInfo.InvariantCulture)]),
    ];

    private readonly Argument<string?> _file = new("FILE")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "The archive, which must not be there yet; - is standard output; a name with node and time in this folder when none is given",
    };

    public SupportVerb(Session session)
        : base(
            "support", "Write one archive of all that says how this node is, for a report; secrets are left out", session,
            ("meduza support", "meduza-support-NODE-TIME.tar.gz in this folder"),
            ("ssh gw1 meduza support - > gw1.tar.gz", "from another machine"))
        => Add(_file);

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var node = Session.Variable(NodeSettings.NodeIdVariable) is { Length: > 0 } id && !id.Contains('/', StringComparison.Ordinal) ? id : "node";
        var name = $"meduza-support-{node}-{Session.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        var file = arguments.GetValue(_file) ?? $"{name}.tar.gz";
        try
        {
            await using var to = file == StandardOutput ? Session.OutputStream() : Make(file);
            int count;
            await using (var packed = new GZipStream(to, CompressionLevel.Optimal, leaveOpen: true))
            {
                using var bundle = new SupportBundle(packed, name, SecretMask.Of(Session, node), Session.Time);
                await WriteAsync(bundle, node, cancellation);
                count = bundle.Count;
            }
            if (file != StandardOutput)
                Session.Output.WriteLine($"{file}: {count} files, {to.Length >> 10} KiB. Secrets are left out; names, addresses and logs are in it: look through it before you give it away.");
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                File.Exists(file) && e is IOException { HResult: AlreadyThere } ? $"{file} is there already: name another file" : $"{file} cannot be written: name a file in a folder with room where you may write");
        }
    }

    /// <summary>EEXIST, as the framework gives it.</summary>
    private const int AlreadyThere = 17;

    private static FileStream Make(string file) => new(file, new FileStreamOptions
    {
        Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    private async Task WriteAsync(SupportBundle bundle, string node, CancellationToken cancellation)
    {
        foreach (var (file, command) in Commands)
            bundle.Add(file, await SaidAsync(command, cancellation));
        await AddServicesAsync(bundle, cancellation);
        foreach (var log in LogFiles.All(Session.LogFolder))
            bundle.AddFile($"logs/{Path.GetFileName(log)}", log);
        foreach (var (file, text) in RenderedFiles.Of(Session, node))
            bundle.Add(file, text);
        foreach (var (file, text) in KernelFacts.All())
            bundle.Add($"kernel/{file}", text);
        foreach (var (daemon, text) in RoutingConfigs.All())
            bundle.Add($"frr/{daemon}.conf", text);
    }

    /// <summary>What a verb says, and how it ends where that is not well.</summary>
    private async Task<string> SaidAsync(string[] command, CancellationToken cancellation)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await CommandLine.RunAsync(command, Session with { Output = output, Error = error, Colour = false }, cancellation);
        return error.ToString() is { Length: > 0 } problem ? $"{output}{problem}(exit code {code})\n" : output.ToString();
    }

    private async Task AddServicesAsync(SupportBundle bundle, CancellationToken cancellation)
    {
        try
        {
            var reply = await AskAsync(new() { Verb = Verbs.Status }, null, cancellation);
            foreach (var service in reply.Services)
            {
                // A value of an environment may be a password.
                var definition = service.Definition with { Environment = [.. service.Definition.Environment.Select(pair => pair.Split('=')[0] + "=(hidden)")] };
                bundle.Add($"services/{service.Name}.json", JsonText.Document(service with { Definition = definition }, CliJson.Write) + "\n");
            }
        }
        catch (CommandException e)
        {
            bundle.Add("services/problem.txt", e.Message + "\n");
        }
    }
}
