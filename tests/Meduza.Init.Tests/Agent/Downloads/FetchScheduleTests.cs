using Meduza.Init.Agent.Downloads;

namespace Meduza.Init.Tests.Agent.Downloads;

public sealed class FetchScheduleTests
{
    private readonly ManualClock _clock = new();
    private readonly FetchSchedule _schedule;

    public FetchScheduleTests() => _schedule = new(_clock, new Random(1)) { Interval = TimeSpan.FromHours(1) };

    [Fact]
    public void What_is_not_there_is_due_at_once() => Assert.Equal(TimeSpan.Zero, _schedule.Wait);

    [Fact]
    public void What_is_there_is_due_an_interval_after_it_was_fetched()
    {
        _schedule.Fetched(TimeSpan.FromMinutes(20));
        Assert.Equal(TimeSpan.FromMinutes(40), _schedule.Wait);
        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(TimeSpan.Zero, _schedule.Wait);
    }

    [Fact]
    public void What_was_fetched_by_a_clock_that_was_ahead_is_of_now()
    {
        _schedule.Fetched(TimeSpan.FromDays(-400));
        Assert.Equal(TimeSpan.FromHours(1), _schedule.Wait);
    }

    [Fact]
    public void What_is_fetched_once_is_never_due_again_until_somebody_asks()
    {
        _schedule.Interval = null;
        _schedule.Fetched(TimeSpan.FromDays(1000));
        Assert.Equal(Timeout.InfiniteTimeSpan, _schedule.Wait);
        _schedule.Now();
        Assert.Equal(TimeSpan.Zero, _schedule.Wait);
    }

    [Fact]
    public void Failures_double_the_wait_up_to_five_minutes_and_a_success_ends_that()
    {
        double[] longest = [5, 10, 20, 40, 80, 160, 300, 300];
        foreach (var seconds in longest)
        {
            _schedule.Failed();
            Assert.InRange(_schedule.Wait.TotalSeconds, seconds * 0.75, seconds);
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(TimeSpan.Zero, _schedule.Wait);
        }
        _schedule.Fetched(TimeSpan.Zero);
        _schedule.Failed();
        Assert.InRange(_schedule.Wait.TotalSeconds, 3.75, 5);
    }

    [Fact]
    public void What_is_fetched_once_is_tried_again_until_it_is_there()
    {
        _schedule.Interval = null;
        _schedule.Failed();
        Assert.NotEqual(Timeout.InfiniteTimeSpan, _schedule.Wait);
    }
}
