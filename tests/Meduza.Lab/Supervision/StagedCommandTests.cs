using System.Globalization;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>A program that is run through the exec stage and waited for: it has an end, and nothing of it stays.</summary>
public sealed class StagedCommandTests : IDisposable
{
    private readonly StagedSpawn _stage = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task A_program_that_writes_without_end_is_ended_and_only_the_beginning_is_kept()
    {
        var result = await Run(TimeSpan.FromMilliseconds(500), Cancellation, "/usr/bin/yes");
        Assert.Null(result.Exit);
        Assert.Equal(string.Concat(Enumerable.Repeat("y\n", 500)), result.Output);
    }

    [Fact]
    public async Task Both_of_its_outputs_and_its_status_are_told()
    {
        var result = await Run(Must.Patience, Cancellation, "/bin/sh", "-c", "echo one; echo two >&2; exit 3");
        Assert.Equal((3, "one\ntwo\n"), (result.Exit?.Code, result.Output));
        Assert.Null(result.Failure);
    }

    [Fact]
    public async Task What_cannot_be_executed_is_told_with_the_reason()
    {
        var result = await Run(Must.Patience, Cancellation, "/nowhere/program");
        Assert.Equal("/nowhere/program: no such file", result.Failure?.ToString());
    }

    [Fact]
    public async Task What_it_left_in_the_background_goes_with_it()
    {
        var result = await Run(Must.Patience, Cancellation, "/bin/sh", "-c", "sleep 1000 > /dev/null 2>&1 & echo $!");
        var left = int.Parse(result.Output, CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => ProcessTable.Read().All(process => process.HostPid != left || process.State == 'Z'), Must.Patience));
    }

    [Fact]
    public async Task Who_does_not_wait_any_more_ends_it()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(Must.Patience, cancel.Token, "/bin/sleep", "1003.5"));
        Assert.DoesNotContain(ProcessTable.Read(), process => process.CommandLine.Contains("1003.5", StringComparison.Ordinal) && process.State != 'Z');
    }

    private Task<StagedResult> Run(TimeSpan timeout, CancellationToken cancellation, params string[] command) =>
        StagedCommand.RunAsync(_stage, new ExecSpec(command, ["PATH=/usr/bin:/bin"]), timeout, longest: 1000, cancellation);
}
