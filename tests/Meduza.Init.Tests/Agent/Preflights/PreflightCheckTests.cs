using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Agent.Preflights;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Init.Tests.Agent.Preflights;

/// <summary>What becomes of a commit by what a program says of it. The programs are scripts; how they are executed is tested in the lab.</summary>
public sealed class PreflightCheckTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-preflight-").FullName;
    private readonly ConcurrentQueue<ExecSpec> _asked = [];
    private readonly PreflightCheck _check;

    public PreflightCheckTests() => _check = new(new CandidateFolder(Candidates, Accounts.Read()), new SeenFiles(null, Accounts.Read()), Execute);

    private string Candidates => Path.Combine(_folder, "check");

    private string Config => Path.Combine(_folder, "x.conf");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_program_that_takes_its_file_is_no_news_and_nothing_lies_behind()
    {
        var result = await Ask(Script("""grep -qx "port=53" "$2" && stat -c %a "$2" > FOLDER/mode"""), "port=53\n");
        Assert.Empty(result.Refusals);
        Assert.Empty(result.Warnings);
        Assert.Equal("600\n", await File.ReadAllTextAsync(Path.Combine(_folder, "mode"), Cancellation));
        Assert.False(Directory.Exists(Candidates));
        Assert.False(File.Exists(Config));
    }

    [Fact]
    public async Task A_file_that_stays_is_not_asked_about_and_one_that_differs_is()
    {
        var state = State(Script("exit 1"), "same\n");
        await File.WriteAllTextAsync(Config, "same\n", Cancellation);
        Assert.Empty((await _check.AskAsync(state, null, Cancellation)).Refusals);
        Assert.Empty(_asked);
        await File.WriteAllTextAsync(Config, "other\n", Cancellation);
        Assert.Single((await _check.AskAsync(state, null, Cancellation)).Refusals);
        Assert.Single(_asked);
    }

    [Fact]
    public async Task What_says_only_the_like_of_what_is_in_force_is_not_asked_about()
    {
        static Preflight Known(Preflight check) => check with { IsKnown = (candidate, taken) => candidate.Length == taken.Length };
        var taken = State(Script("exit 1"), "port=53\n", Known);

        var like = await _check.AskAsync(State(Script("exit 1"), "port=54\n", Known), taken, Cancellation);
        Assert.Empty(like.Refusals);
        Assert.Equal(["part"], like.Known);
        Assert.Empty(_asked);

        var other = await _check.AskAsync(State(Script("exit 1"), "port=54\nx\n", Known), taken, Cancellation);
        Assert.Single(other.Refusals);
        Assert.Empty(other.Known);
    }

    [Fact]
    public async Task A_program_that_is_not_installed_is_not_asked()
    {
        var result = await _check.AskAsync(State(["/nowhere/program", "-t", Config], "x\n"), null, Cancellation);
        Assert.Empty(result.Refusals);
        Assert.Empty(result.Warnings);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_refusal_has_the_programs_own_words_by_the_names_of_the_files_and_without_secrets()
    {
        var check = State(Script("""echo "info: reading"; printf '\033[31mbad line 3 of %s:\033[0m\tpassword hunter2 is bad\n' "$2" >&2; exit 1"""), "x\n", check => check with
        {
            Chatter = ["info:"],
            SecretsOf = content => content.Span.SequenceEqual("x\n"u8) ? ["hunter2"] : [],
        });
        var refusal = Assert.Single((await _check.AskAsync(check, null, Cancellation)).Refusals);
        Assert.Equal(("part", $"sh does not take the configuration that these keys make: bad line 3 of {Config}:\\x09password (secret) is bad"), (refusal.Key, refusal.Message));
        Assert.False(Directory.Exists(Candidates));
    }

    [Theory]
    [InlineData("exit 2", "sh was asked about its configuration, and ended with exit 2; it said: (nothing)")]
    [InlineData("echo cannot download the world; exit 1", "ended with exit 1; it said: cannot download the world")]
    [InlineData("kill -SEGV $$", "ended with signal 11 (SIGSEGV)")]
    public async Task A_program_that_ends_in_another_way_is_a_warning_and_stops_nothing(string script, string warning)
    {
        var state = State(Script(script), "x\n", check => check with { OtherReasons = ["cannot download"] });
        var result = await _check.AskAsync(state, null, Cancellation);
        Assert.Empty(result.Refusals);
        var said = Assert.Single(result.Warnings);
        Assert.Equal("part", said.Key);
        Assert.Contains(warning, said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_answer_in_time_or_cannot_be_executed_is_a_warning()
    {
        var state = State(Script("exit 1"), "x\n");
        foreach (var (answer, warning) in ((StagedResult, string)[])
            [
                (new(null, "thinking\n", null), "has not answered after 15 s; it said: thinking"),
                (new(new Exit(1, 127, 0), "", new ExecReport(ExecStep.User, 0, "games")), "could not be asked about its configuration: user \"games\" does not exist"),
            ])
        {
            var check = new PreflightCheck(new CandidateFolder(Candidates, Accounts.Read()), new SeenFiles(null, Accounts.Read()), (_, _) => Task.FromResult(answer));
            var result = await check.AskAsync(state, null, Cancellation);
            Assert.Empty(result.Refusals);
            Assert.Contains(warning, Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_user_that_the_machine_lacks_is_a_warning()
    {
        var result = await _check.AskAsync(State(Script("exit 1"), "x\n", check => check with { User = "nobody-at-all" }), null, Cancellation);
        Assert.Empty(result.Refusals);
        Assert.Contains("user \"nobody-at-all\" does not exist", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_warning_holds_while_the_files_stay_and_goes_with_them()
    {
        var script = Script("exit 9");
        Assert.Single((await _check.AskAsync(State(script, "x\n"), null, Cancellation)).Warnings);
        await File.WriteAllTextAsync(Config, "x\n", Cancellation);
        Assert.Single((await _check.AskAsync(State(script, "x\n"), null, Cancellation)).Warnings);
        Assert.Single(_asked);
        await File.WriteAllTextAsync(Config, "y\n", Cancellation);
        Assert.Empty((await _check.AskAsync(State(script, "y\n"), null, Cancellation)).Warnings);
        Assert.Single(_asked);
    }

    [Fact]
    public async Task One_refusal_is_told_beside_another()
    {
        var (one, other) = (State(Script("exit 1"), "x\n"), State(Script("exit 1"), "x\n", check => check with { Component = "other" }));
        var both = one with { Preflights = [.. one.Preflights, .. other.Preflights] };
        Assert.Equal(["part", "other"], (await _check.AskAsync(both, null, Cancellation)).Refusals.Select(refusal => refusal.Key));
    }

    [Fact]
    public async Task A_program_is_asked_as_its_own_user_without_any_capability()
    {
        await _check.AskAsync(State(Script("exit 0"), "x\n", check => check with { User = "games" }), null, Cancellation);
        var asked = Assert.Single(_asked);
        Assert.Equal("games", asked.User);
        Assert.Equal(CapabilitySet.None, asked.Capabilities);
        Assert.True(asked.NoNewPrivileges);
        Assert.Contains(new ResourceLimit(Resource.Core, 0, 0), asked.Limits);
        Assert.DoesNotContain(asked.Environment, variable => variable.Contains("ETCD", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_of_the_program_that_is_not_there_yet_is_that_of_the_candidates()
    {
        var own = Path.Combine(_folder, "own");
        var state = State([.. Script("ls -d \"$3\" > FOLDER/used"), own], "x\n", check => check with { Folder = own });
        await _check.AskAsync(state, null, Cancellation);
        Assert.Equal($"{Candidates}/part\n", await File.ReadAllTextAsync(Path.Combine(_folder, "used"), Cancellation));
        Directory.CreateDirectory(own);
        await _check.AskAsync(state, null, Cancellation);
        Assert.Equal($"{own}\n", await File.ReadAllTextAsync(Path.Combine(_folder, "used"), Cancellation));
    }

    [Fact]
    public async Task What_a_killed_agent_left_is_gone_before_and_after()
    {
        Directory.CreateDirectory(Path.Combine(Candidates, "gone"));
        await File.WriteAllTextAsync(Path.Combine(Candidates, "gone", "config.yaml"), "hunter2", Cancellation);
        await _check.AskAsync(State(Script("[ ! -e FOLDER/check/gone ]"), "x\n"), null, Cancellation);
        Assert.Single(_asked);
        Assert.False(Directory.Exists(Candidates));
    }

    [Fact]
    public async Task Who_stops_waiting_leaves_no_candidate_behind()
    {
        using var cancel = new CancellationTokenSource();
        var check = new PreflightCheck(new CandidateFolder(Candidates, Accounts.Read()), new SeenFiles(null, Accounts.Read()), async (_, stop) =>
        {
            Assert.True(Directory.Exists(Candidates));
            await cancel.CancelAsync();
            stop.ThrowIfCancellationRequested();
            throw new InvalidOperationException("not stopped");
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check.AskAsync(State(Script("exit 0"), "x\n"), null, cancel.Token));
        Assert.False(Directory.Exists(Candidates));
    }

    private Task<PreflightResult> Ask(ImmutableArray<string> command, string content) => _check.AskAsync(State(command, content), null, Cancellation);

    /// <summary>A state with one file, and a program that is asked about it.</summary>
    private DesiredState State(ImmutableArray<string> command, string content, Func<Preflight, Preflight>? change = null)
    {
        var check = new Preflight("part", command, [Config], User: null);
        return new DesiredState([], [new DesiredFile(Config, Encoding.UTF8.GetBytes(content), Private, "part")], [], [], [])
        {
            Preflights = [change is null ? check : change(check)],
        };
    }

    /// <summary>A shell that runs this with the path of the file as $2.</summary>
    private ImmutableArray<string> Script(string text) => ["/bin/sh", "-c", text.Replace("FOLDER", _folder, StringComparison.Ordinal), "sh", "-t", Config];

    private Task<StagedResult> Execute(ExecSpec program, CancellationToken stop)
    {
        _asked.Enqueue(program);
        var result = Command.Run(program.Command[0], [.. program.Command.Skip(1)], TimeSpan.FromMinutes(1), environment: program.Environment);
        var exit = result.ExitCode > 128 ? new Exit(1, 0, result.ExitCode - 128) : new Exit(1, result.ExitCode, 0);
        return Task.FromResult(new StagedResult(exit, result.Output + result.Error, null));
    }
}
