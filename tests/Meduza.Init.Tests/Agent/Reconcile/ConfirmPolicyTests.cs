using Meduza.Init.Agent.Reconcile;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Tests.Agent.Reconcile;

/// <summary>The table of docs/design/reconcile.md, row by row.</summary>
public sealed class ConfirmPolicyTests
{
    private static readonly CommitMark Before = new("before", 10), Waits = new("waits", 20), Next = new("next", 30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ManualClock _clock = new();
    private readonly ConfirmPolicy _policy;

    public ConfirmPolicyTests() => _policy = new(_clock, "this boot");

    private CommitHold Waiting => _policy.TakenUp(null, Waits, Limit, Before)!;

    private CommitHold GoneBack
    {
        get
        {
            var waiting = Waiting;
            _clock.Advance(Limit);
            return _policy.Expire(waiting)!;
        }
    }

    [Fact]
    public void A_commit_that_does_not_wait_leaves_nothing_open() => Assert.Null(_policy.TakenUp(null, Waits, null, Before));

    [Fact]
    public void One_that_waits_is_open_from_when_it_is_taken_up()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        var hold = Waiting;

        Assert.Equal((Waits, 60, "this boot", null), (hold.Commit, hold.Seconds, hold.Boot, hold.Reason));
        Assert.Equal(Limit, _policy.Left(hold));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TimeSpan.FromSeconds(1), _policy.Left(hold));
        Assert.Same(hold, _policy.Expire(hold));
    }

    [Fact]
    public void When_its_time_is_over_it_is_gone_back_from()
    {
        var hold = Waiting;
        _clock.Advance(Limit);

        var over = _policy.Expire(hold)!;

        Assert.Equal(("it was not confirmed within 60 s", false, false), (over.Reason, over.IsWaiting, over.ByOperator));
        Assert.Equal(Timeout.InfiniteTimeSpan, _policy.Left(over));
        Assert.Same(over, _policy.Expire(over));
    }

    [Fact]
    public void The_wall_clock_does_not_matter()
    {
        var hold = Waiting;
        _clock.Jump(TimeSpan.FromDays(-400));
        Assert.Equal(Limit, _policy.Left(hold));
        _clock.Jump(TimeSpan.FromDays(800));
        Assert.Same(hold, _policy.Expire(hold));
    }

    [Fact]
    public void Looking_again_at_one_that_waits_gives_it_no_more_time()
    {
        var hold = Waiting;
        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.True(ConfirmPolicy.Follows(hold, Seen(Waits, waits: true)));
        Assert.Same(hold, _policy.TakenUp(hold, Waits, Limit, Before));
    }

    [Fact]
    public void Its_confirmation_leaves_nothing_open_also_when_the_time_is_just_over()
    {
        var hold = Waiting;
        _clock.Advance(Limit * 2);

        Assert.True(ConfirmPolicy.Follows(hold, Seen(Waits, waits: false)));
        Assert.Null(_policy.TakenUp(hold, Waits, null, Before));
    }

    [Fact]
    public void A_next_commit_takes_the_place_of_one_that_waits()
    {
        var hold = Waiting;
        _clock.Advance(TimeSpan.FromSeconds(50));

        Assert.True(ConfirmPolicy.Follows(hold, Seen(Next, waits: false)));
        Assert.Null(_policy.TakenUp(hold, Next, null, Waits));

        Assert.True(ConfirmPolicy.Follows(hold, Seen(Next, waits: true)));
        var second = _policy.TakenUp(hold, Next, Limit, Waits)!;
        Assert.Equal((Next, Limit), (second.Commit, _policy.Left(second)));
    }

    [Fact]
    public void A_node_that_went_back_stays_there_while_nobody_confirms_and_nobody_commits() =>
        Assert.False(ConfirmPolicy.Follows(GoneBack, Seen(Waits, waits: true)));

    [Fact]
    public void A_confirmation_that_reaches_it_later_has_it_take_the_commit_up_for_good()
    {
        var back = GoneBack;

        Assert.True(ConfirmPolicy.Follows(back, Seen(Waits, waits: false)));
        Assert.Null(_policy.TakenUp(back, Waits, null, Before));
    }

    [Fact]
    public void A_next_commit_ends_it()
    {
        var back = GoneBack;

        Assert.True(ConfirmPolicy.Follows(back, Seen(Next, waits: false)));
        Assert.True(ConfirmPolicy.Follows(back, Seen(new("restored", 3), waits: true)));
        Assert.True(_policy.TakenUp(back, Next, Limit, Before)!.IsWaitingFor(Next));
    }

    [Fact]
    public void An_operators_way_back_is_ended_by_the_next_commit_alone()
    {
        var back = _policy.GoneBackByOperator(Waits);

        Assert.Equal(("by `meduza rollback`", true), (back.Reason, back.ByOperator));
        Assert.False(ConfirmPolicy.Follows(back, Seen(Waits, waits: true)));
        Assert.False(ConfirmPolicy.Follows(back, Seen(Waits, waits: false)));
        Assert.True(ConfirmPolicy.Follows(back, Seen(Next, waits: false)));
        Assert.Same(back, _policy.Expire(back));
    }

    [Fact]
    public void An_agent_that_comes_back_goes_on_counting()
    {
        var hold = Waiting;
        _clock.Advance(TimeSpan.FromSeconds(40));

        Assert.Same(hold, _policy.Resume(hold));
        Assert.Equal(TimeSpan.FromSeconds(20), _policy.Left(hold));
        Assert.Null(_policy.Resume(null));
    }

    [Fact]
    public void What_waited_when_the_machine_went_down_is_not_confirmed()
    {
        var hold = Waiting with { TakenUpAt = 1 };
        // Another boot, one that the kernel gives no name, and a clock that has not come as far.
        foreach (var after in new[] { new ConfirmPolicy(_clock, "next boot"), new ConfirmPolicy(_clock, ""), new ConfirmPolicy(new ManualClock(), "this boot") })
            Assert.Equal("the machine was started anew before it was confirmed", after.Resume(hold)!.Reason);
    }

    [Fact]
    public void What_went_back_before_a_start_is_as_it_was()
    {
        var back = GoneBack;
        Assert.Same(back, new ConfirmPolicy(_clock, "next boot").Resume(back));
    }

    [Fact]
    public void What_was_confirmed_once_waits_no_more_where_an_older_etcd_says_so()
    {
        Assert.Null(_policy.TakenUp(null, Waits, Limit, Waits));
        // But a node that had no commit at all has none that was confirmed.
        Assert.NotNull(_policy.TakenUp(null, CommitMark.None, Limit, CommitMark.None));
    }

    private static LatestCommit Seen(CommitMark commit, bool waits) => new(commit, waits ? new("60", commit.Revision) : CommitMark.None);
}
