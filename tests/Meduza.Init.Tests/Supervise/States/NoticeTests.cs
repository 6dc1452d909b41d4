using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Processes;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>What a service says of itself, and what follows.</summary>
public sealed class NoticeTests
{
    private readonly SupervisorBench _bench = new();

    private static ServiceDefinition Speaking { get; } = SupervisorBench.Definition("a") with { Readiness = new(ReadinessKind.NotifySocket, "") };

    private void Say(string message) => _bench.Process("a").Say(Notice.Parse(System.Text.Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void A_message_is_read_line_by_line_and_what_is_unknown_passed_over()
    {
        var notice = Notice.Parse("FDSTORE=1\nREADY=1\nSTATUS=up = \u00fcber all\nREADY=10\n"u8);

        Assert.Equal(new Notice(true, false, false, "up = \u00fcber all"), notice);
        Assert.Equal(default, Notice.Parse("READY=0\n READY=1\nready=1\nSTOPPING=\n\n=\n"u8));
        Assert.Equal(Notice.LongestStatus, Notice.Parse([.. "STATUS="u8, .. new byte[4000]]).Status!.Length);
    }

    [Fact]
    public void It_is_ready_when_it_says_so_also_before_word_of_its_execution()
    {
        _bench.Define(Speaking);
        Assert.Equal((ServiceState.Starting, "READY=1"), (_bench.State("a"), _bench["a"].WaitingFor));

        Say("READY=1");
        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        _bench.Execute("a");

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
    }

    [Fact]
    public void One_that_never_says_so_is_stopped_at_its_start_time_out()
    {
        _bench.Define(Speaking);
        _bench.Execute("a");
        Say("STATUS=still loading");
        _bench.Pass(60);

        Assert.Equal(ServiceState.Stopping, _bench.State("a"));
    }

    [Fact]
    public void Its_status_text_is_shown_until_its_process_ends_and_nobody_is_woken_by_it()
    {
        _bench.Define(Speaking);
        Say("READY=1\nSTATUS=serving");
        _bench.States.Clear();
        Say("STATUS=serving more");

        Assert.Equal("serving more", _bench.Supervisor.Status(_bench["a"]).StatusText);
        Assert.Empty(_bench.States);
        _bench.Exit("a", code: 1);
        Assert.Null(_bench.Supervisor.Status(_bench["a"]).StatusText);
    }

    [Fact]
    public void While_it_reloads_it_stays_ready()
    {
        _bench.Define(Speaking);
        Say("READY=1");

        Say("RELOADING=1");
        Assert.Equal((ServiceState.Ready, "reloading"), (_bench.State("a"), _bench["a"].StatusText));
        Say("READY=1");

        Assert.Null(_bench["a"].StatusText);
    }

    [Fact]
    public void One_that_says_it_stops_is_not_ready_any_more_has_its_limit_and_comes_back()
    {
        _bench.Define(Speaking);
        Say("READY=1");

        Say("STOPPING=1");
        Assert.Equal(ServiceState.Stopping, _bench.State("a"));
        Assert.Empty(_bench.Process("a").Got);
        _bench.Pass(10);
        Assert.True(_bench.Process("a").Killed);
        _bench.Exit("a", signal: 9);
        Assert.Equal((ServiceState.Backoff, "signal 9 (SIGKILL)"), (_bench.State("a"), _bench["a"].LastExit));
        _bench.Pass(0.5);

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void Readiness_that_is_told_while_it_stops_changes_nothing()
    {
        _bench.Define(Speaking);
        _bench["a"].Stop();

        Say("READY=1");

        Assert.Equal(ServiceState.Stopping, _bench.State("a"));
    }

    [Fact]
    public void Readiness_is_not_asserted_again_after_a_crash_without_a_word_of_the_next_process()
    {
        _bench.Define(Speaking);
        Say("READY=1");
        _bench.Exit("a", signal: 11);
        _bench.Pass(0.5);
        _bench.Execute("a");
        _bench.Pass(30);
        Assert.Equal(ServiceState.Starting, _bench.State("a"));

        Say("READY=1");

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
    }
}
