using CsCheck;
using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

public sealed class HealthPolicyTests
{
    private static readonly Readiness Sign = new(ReadinessKind.File, "/run/a");

    private readonly ManualTime _time = new();
    private readonly HealthPolicy _policy;
    private readonly HealthCheck _check = new(Sign) { IntervalMilliseconds = 5000, TimeoutMilliseconds = 1000, FailureThreshold = 3, SuccessThreshold = 2 };
    private HealthState _state;

    public HealthPolicyTests() => _policy = new(_time);

    private HealthTurn Over(bool isGood)
    {
        _state = _policy.Asked(_state);
        if (!isGood)
            _time.Advance(TimeSpan.FromSeconds(1));
        var decision = _policy.Decide(_check, _state, isGood);
        Assert.True(decision.IsOver);
        Assert.Equal(TimeSpan.FromSeconds(5), decision.Next);
        _state = decision.State;
        return decision.Turn;
    }

    [Fact]
    public void As_many_failures_in_a_row_as_the_threshold_make_it_unhealthy()
    {
        bool[] looks = [false, false, true, false, false, false];

        Assert.Equal(
            [HealthTurn.None, HealthTurn.None, HealthTurn.None, HealthTurn.None, HealthTurn.None, HealthTurn.Unhealthy], looks.Select(Over));
    }

    [Fact]
    public void As_many_successes_in_a_row_make_it_well_again()
    {
        Assert.Equal(HealthTurn.Unhealthy, new[] { false, false, false }.Select(Over).ToArray()[^1]);

        Assert.Equal([HealthTurn.None, HealthTurn.None, HealthTurn.None, HealthTurn.Healthy], new[] { true, false, true, true }.Select(Over));
    }

    [Fact]
    public void A_check_that_has_not_succeeded_is_looked_at_again_until_its_time_out()
    {
        _state = _policy.Asked(_state);
        _time.Advance(TimeSpan.FromSeconds(0.95));

        var decision = _policy.Decide(_check, _state, isGood: false);

        Assert.False(decision.IsOver);
        Assert.Equal(TimeSpan.FromSeconds(0.05), decision.Next);
        Assert.Equal(_state, decision.State);
    }

    [Fact]
    public void Final_word_is_not_looked_at_again()
    {
        _state = _policy.Asked(_state);

        Assert.True(_policy.Decide(_check, _state, isGood: false, isFinal: true).IsOver);
    }

    [Fact]
    public void It_is_unhealthy_exactly_from_a_run_of_failures_to_a_run_of_successes() =>
        Gen.Select(Gen.Bool.Array[0, 60], Gen.Int[1, 5], Gen.Int[1, 5]).Sample((looks, failures, successes) =>
        {
            var check = new HealthCheck(Sign) { FailureThreshold = failures, SuccessThreshold = successes };
            var (state, unhealthy, run, last) = (default(HealthState), false, 0, true);
            foreach (var look in looks)
            {
                state = _policy.Decide(check, state, look, isFinal: true).State;
                run = look == last ? run + 1 : 1;
                last = look;
                // A run counts from the turn on: what made it unhealthy is behind it.
                if (unhealthy != !look && run >= (look ? successes : failures))
                    (unhealthy, run) = (!look, 0);
                Assert.Equal(unhealthy, state.IsUnhealthy);
            }
        });
}
