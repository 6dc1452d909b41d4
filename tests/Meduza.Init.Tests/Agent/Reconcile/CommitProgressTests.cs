using Meduza.Init.Agent.Reconcile;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Agent.Reconcile;

public sealed class CommitProgressTests
{
    private readonly ManualClock _clock = new();
    private readonly Dictionary<string, ServiceStatus> _services = [];
    private readonly CommitProgress _progress;

    public CommitProgressTests() => _progress = new(new("change 7", 42), _clock, _clock.GetTimestamp(), "1.0");

    private void Service(string state, string? lastExit = null) => _services["tinc"] = new()
    {
        Name = "tinc",
        Component = "tinc",
        State = state,
        LastExit = lastExit,
        StartedAt = 0,
        Definition = new() { Name = "tinc", Component = "tinc", Command = ["/bin/true"] },
    };

    private bool Judge(bool waitsForOthers = false) => _progress.Judge(_services, _ => waitsForOthers);

    [Fact]
    public void A_commit_is_applied_when_what_is_not_ready_waits_for_another_machine_only()
    {
        Service("starting");
        _progress.Applied(["tinc"], ["tinc"], []);
        Assert.False(Judge());
        Assert.True(Judge(waitsForOthers: true));
        Assert.Equal("applied", _progress.Report!.Result);
    }

    [Fact]
    public void A_commit_that_touches_nothing_is_applied_at_once()
    {
        _progress.Applied([], [], []);

        Assert.True(Judge());
        Assert.Equal("applied", _progress.Report!.Result);
        Assert.Empty(_progress.Report.Changed);
        Assert.Equal(("change 7", 42L), (_progress.Report.Commit, _progress.Report.Revision));
    }

    [Fact]
    public void A_commit_is_applied_when_what_it_touched_is_ready()
    {
        Service("starting");
        _progress.Applied(["tinc"], ["tinc"], []);
        Assert.False(Judge());

        _clock.Advance(TimeSpan.FromMilliseconds(120));
        Service("ready");
        Assert.True(Judge());
        Assert.Equal("applied", _progress.Report!.Result);
        Assert.Equal(["tinc"], _progress.Report.Changed);
        Assert.Equal(120, _progress.Report.DurationMs);
        Assert.False(Judge());
    }

    [Fact]
    public void A_service_that_does_not_get_ready_makes_it_degraded_and_applied_once_it_is()
    {
        Service("backoff", "exit 1");
        _progress.Applied(["tinc"], ["tinc"], []);
        Assert.False(Judge());
        Assert.Equal(CommitProgress.ReadyTimeout, _progress.UntilJudged);

        _clock.Advance(CommitProgress.ReadyTimeout);
        Assert.True(Judge());
        Assert.Equal("degraded", _progress.Report!.Result);
        Assert.Contains("exit 1", Assert.Single(_progress.Report.Errors).Message, StringComparison.Ordinal);

        Service("ready");
        Assert.True(Judge());
        Assert.Equal("applied", _progress.Report.Result);
    }

    [Fact]
    public void A_service_that_the_commit_did_not_touch_does_not_hold_it_up()
    {
        Service("failing");
        _progress.Applied(["hosts"], [], []);

        Assert.True(Judge());
        Assert.Equal("applied", _progress.Report!.Result);
    }

    [Fact]
    public void A_failure_is_told_at_once_and_mended_later()
    {
        _progress.Applied(["frr"], [], [new("frr", "bgpd refused 'x'")]);
        Assert.True(Judge());
        Assert.Equal("degraded", _progress.Report!.Result);
        Assert.False(Judge());

        _progress.Applied(["frr"], [], []);
        Assert.True(Judge());
        Assert.Equal("applied", _progress.Report.Result);
    }

    [Fact]
    public void A_rejected_commit_stays_rejected()
    {
        _progress.Reject([new("/nodes/gw1/lan", "is no prefix")]);

        Assert.Equal("rejected", _progress.Report!.Result);
        Assert.False(Judge());
    }

    [Fact]
    public void Going_back_is_told_at_once_and_what_is_wrong_meanwhile_beside_the_reason()
    {
        CommitError reason = new("/commit/confirm", "nobody confirmed it");
        var back = new CommitProgress(new("change 7", 42), _clock, _clock.GetTimestamp(), "1.0") { WentBack = reason };
        Service("starting");
        back.Applied(["tinc"], ["tinc"], []);

        Assert.True(Judge(back));
        Assert.Equal((CommitReport.RolledBack, 42L), (back.Report!.Result, back.Report.Revision));
        Assert.Equal([reason], back.Report.Errors);
        Assert.Equal(CommitProgress.ReadyTimeout, back.UntilJudged);

        _clock.Advance(CommitProgress.ReadyTimeout);
        Assert.True(Judge(back));
        Assert.Equal(["/commit/confirm", "tinc"], back.Report.Errors.Select(error => error.Key));
        Assert.Equal(Timeout.InfiniteTimeSpan, back.UntilJudged);

        Service("ready");
        Assert.True(Judge(back));
        Assert.Equal([reason], back.Report.Errors);
        Assert.False(Judge(back));
    }

    [Fact]
    public void That_it_waits_for_its_confirmation_and_has_it_is_part_of_what_is_told()
    {
        Assert.False(_progress.Confirms(CommitReport.Waiting));
        _progress.Applied([], [], []);
        Assert.True(Judge());
        Assert.Equal(("applied", "waiting"), (_progress.Report!.Result, _progress.Report.Confirm));

        Assert.False(_progress.Confirms(CommitReport.Waiting));
        Assert.True(_progress.Confirms(CommitReport.Confirmed));
        Assert.Equal(("applied", "confirmed"), (_progress.Report!.Result, _progress.Report.Confirm));
    }

    private bool Judge(CommitProgress progress) => progress.Judge(_services, _ => false);
}
