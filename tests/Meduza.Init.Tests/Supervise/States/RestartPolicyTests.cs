using CsCheck;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

public sealed class RestartPolicyTests
{
    private readonly ManualTime _time = new();
    private readonly RestartPolicy _policy;
    private RestartState _state;

    public RestartPolicyTests() => _policy = new(_time, TimeSpan.FromSeconds(30), () => 0);

    private double FailAfter(double seconds)
    {
        _state = _policy.Started(_state);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        (_state, var delay) = _policy.Decide(_state);
        return delay.TotalSeconds;
    }

    [Fact]
    public void One_that_ran_long_is_started_again_at_once() => Assert.Equal(0, FailAfter(10.001));

    [Fact]
    public void Quick_failures_wait_twice_as_long_each_time_and_then_the_retry_interval()
    {
        double[] delays = [.. Enumerable.Range(0, 9).Select(_ => FailAfter(0.1))];

        Assert.Equal([0.5, 1, 2, 4, 30, 30, 32, 50, 50], delays);
    }

    [Fact]
    public void The_fifth_quick_failure_makes_it_failing_and_a_long_run_makes_it_well()
    {
        for (var i = 0; i < 4; i++)
            FailAfter(0);
        Assert.False(_state.IsFailing);
        FailAfter(0);
        Assert.True(_state.IsFailing);

        Assert.Equal(0, FailAfter(11));

        Assert.False(_state.IsFailing);
        Assert.Equal(0.5, FailAfter(0));
    }

    [Fact]
    public void A_short_retry_interval_does_not_shorten_the_exponential_delay()
    {
        var policy = new RestartPolicy(_time, TimeSpan.FromSeconds(1), () => 0);
        var state = new RestartState(_time.GetTimestamp(), 5);

        Assert.Equal(16, policy.Decide(state).Delay.TotalSeconds);
    }

    [Fact]
    public void Delays_stay_between_half_a_second_and_a_minute_and_never_end() =>
        Gen.Select(Gen.Int[0, int.MaxValue - 1], Gen.Double[0, 0.999999], Gen.Double[0, 10]).Sample((failures, random, ran) =>
        {
            var time = new ManualTime();
            var policy = new RestartPolicy(time, TimeSpan.FromSeconds(30), () => random);
            var state = policy.Started(new RestartState(0, failures));
            time.Advance(TimeSpan.FromSeconds(ran));

            var (_, delay) = policy.Decide(state);

            Assert.InRange(delay.TotalSeconds, 0.5, 60);
        });
}
