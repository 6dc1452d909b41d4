using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Init.Agent.Preflights;

/// <summary>What the programs say of files that are to replace theirs.</summary>
/// <param name="Refusals">By component; none where all may go on.</param>
/// <param name="Warnings">Programs that could not be asked.</param>
/// <param name="Known">Components whose files change, and say nothing that their program has not taken before: it was not asked.</param>
internal sealed record PreflightResult(ImmutableArray<CommitError> Refusals, ImmutableArray<KeyFinding> Warnings, ImmutableArray<string> Known);

/// <summary>
/// Asks every program that has a check of its own whether it takes what is to replace its files, before any is touched. A
/// program whose files stay is not asked; one that is not installed, neither.
/// </summary>
/// <param name="folder">Where what is to be checked is laid.</param>
/// <param name="there">What lies on the disk now.</param>
/// <param name="run">Executes a program and waits for its end.</param>
internal sealed class PreflightCheck(CandidateFolder folder, SeenFiles there, Func<ExecSpec, CancellationToken, Task<StagedResult>> run)
{
    /// <summary>How long a program may take. All are asked at once, so this is how long a commit may be held up.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Bytes of a program's output that are looked at.</summary>
    public const int LongestOutput = 64 << 10;

    // Before anything else when memory runs out, and after the daemons in the queue for the processor.
    private const int OomScore = 500;
    private const int Nice = 10;

    /// <summary>By component, the answers that were none: what is said of them holds as long as those files do.</summary>
    private Dictionary<string, Unanswered> _unanswered = [];

    /// <summary>Asks about what <paramref name="desired"/> would change.</summary>
    /// <param name="desired">What is to be.</param>
    /// <param name="taken">What is in force, and was taken by the programs: what only says the like is not asked about. Null asks about all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<PreflightResult> AskAsync(DesiredState desired, DesiredState? taken, CancellationToken cancellation)
    {
        var checks = desired.Preflights.Where(check => File.Exists(check.Command[0])).Select(check => new Asked(check, FilesOf(check, desired))).ToList();
        var due = checks.Where(pair => pair.Files.Any(Differs)).ToLookup(pair => taken is not null && IsKnown(pair.Check, pair.Files, taken));
        var answers = await AskAllAsync([.. due[false]], cancellation);
        var (refusals, unanswered) = (new List<CommitError>(), new Dictionary<string, Unanswered>(StringComparer.Ordinal));
        foreach (var (check, files) in checks)
        {
            if (!answers.TryGetValue(check.Component, out var answer))
                answer = Kept(check, files);
            if (answer is { IsRefusal: true })
                refusals.Add(new CommitError(check.Component, answer.Message));
            else if (answer is not null)
                unanswered[check.Component] = new(files, answer);
        }
        _unanswered = unanswered;
        return new(
            [.. refusals], [.. unanswered.Select(one => new KeyFinding(one.Key, one.Value.Answer.Message))], [.. due[true].Select(pair => pair.Check.Component)]);
    }

    /// <summary>Asks all at once, and leaves nothing lying behind.</summary>
    private async Task<Dictionary<string, Answer?>> AskAllAsync(ImmutableArray<Asked> due, CancellationToken cancellation)
    {
        if (due.IsEmpty)
            return [];
        folder.Clear();
        try
        {
            var answers = await Task.WhenAll(due.Select(pair => AskAsync(pair.Check, pair.Files, cancellation)));
            return due.Zip(answers).ToDictionary(pair => pair.First.Check.Component, pair => pair.Second, StringComparer.Ordinal);
        }
        finally
        {
            folder.Clear();
        }
    }

    /// <returns>What there is to say; null where the program takes the files.</returns>
    private async Task<Answer?> AskAsync(Preflight check, ImmutableArray<DesiredFile> files, CancellationToken cancellation)
    {
        var program = Path.GetFileName(check.Command[0]);
        try
        {
            var (path, candidates) = folder.Lay(check, files);
            var names = candidates;
            if (check.Folder is { } own && !Directory.Exists(own))
                names = names.Add((own, path));
            var result = await run(Specification(check, names), cancellation);
            var words = ProgramWords.Of(result.Output, check.Chatter, files.SelectMany(file => check.SecretsOf(file.Content)), candidates.Select(file => (file.Candidate, file.Path)));
            return Judge(check, program, result, words);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            return new(false, $"{program} could not be asked about its configuration: {e.Message}");
        }
    }

    private static Answer? Judge(Preflight check, string program, StagedResult result, string words)
    {
        var said = words.Length > 0 ? words : "(nothing)";
        return result switch
        {
            { Failure: { } failure } => new(false, $"{program} could not be asked about its configuration: {failure}"),
            { Exit: null } => new(false, $"{program} was asked about its configuration, and has not answered after {Timeout.TotalSeconds:0} s; it said: {said}"),
            { Exit: { Signal: 0, Code: 0 } } => null,
            { Exit: { Signal: 0, Code: var code } } when check.Refusals.Contains(code) && !check.OtherReasons.Any(reason => result.Output.Contains(reason, StringComparison.Ordinal)) =>
                new(true, $"{program} does not take the configuration that these keys make: {said}"),
            { Exit: { } exit } => new(false, $"{program} was asked about its configuration, and ended with {exit}; it said: {said}"),
        };
    }

    private static ExecSpec Specification(Preflight check, ImmutableArray<(string Path, string Candidate)> names)
    {
        // By the agent's own mark PID 1 finds and kills what an agent left that was killed.
        var mark = Environment.GetEnvironmentVariable(Strays.Mark);
        return new(
            [.. check.Command.Select(argument => names.Aggregate(argument, (text, name) => text.Replace(name.Path, name.Candidate, StringComparison.Ordinal)))],
            [.. mark is null ? (string[])[] : [$"{Strays.Mark}={mark}"], "PATH=/usr/sbin:/usr/bin:/sbin:/bin"])
        {
            User = check.User,
            Capabilities = CapabilitySet.None,
            NoNewPrivileges = true,
            Limits = [new(Resource.Core, 0, 0), new(Resource.Cpu, (ulong)Timeout.TotalSeconds, (ulong)Timeout.TotalSeconds)],
            OomScore = OomScore,
            Nice = Nice,
        };
    }

    private static ImmutableArray<DesiredFile> FilesOf(Preflight check, DesiredState desired) =>
        [.. desired.Files.Where(file => check.Files.Contains(file.Path))];

    private static bool IsKnown(Preflight check, ImmutableArray<DesiredFile> files, DesiredState taken) => files.All(
        file => taken.Files.FirstOrDefault(there => there.Path == file.Path) is { } there && check.IsKnown(file.Content, there.Content));

    private bool Differs(DesiredFile file)
    {
        try
        {
            return there.Look(file.Path, file.Content)?.Content.Span.SequenceEqual(file.Content.Span) != true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing that can be read: it is to be written.
            return true;
        }
    }

    private Answer? Kept(Preflight check, ImmutableArray<DesiredFile> files) =>
        _unanswered.TryGetValue(check.Component, out var asked) && asked.Files.Length == files.Length
        && asked.Files.Zip(files).All(pair => pair.First.Content.Span.SequenceEqual(pair.Second.Content.Span))
            ? asked.Answer
            : null;

    private sealed record Asked(Preflight Check, ImmutableArray<DesiredFile> Files);

    private sealed record Unanswered(ImmutableArray<DesiredFile> Files, Answer Answer);

    /// <param name="IsRefusal">False where the program could not be asked.</param>
    private sealed record Answer(bool IsRefusal, string Message);
}
