using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class AnswerHealthTests
{
    private static AnswerHealth After(params bool[] answers) => After(ProbePace.Api, answers);

    private static AnswerHealth After(ProbePace pace, params bool[] answers) =>
        answers.Aggregate(AnswerHealth.Unknown(pace), (health, answered) => health.After(answered));

    /// <summary>How long it takes from an answer to the verdict that none come any more, when every question costs all its time.</summary>
    private static TimeSpan UntilKnown(ProbePace pace)
    {
        var health = After(pace, true);
        var passed = TimeSpan.Zero;
        while (health.IsHealthy == true)
        {
            passed += health.Wait + pace.Patience;
            health = health.After(answered: false);
        }
        return passed;
    }

    [Fact]
    public void Before_its_first_answer_it_is_neither_and_is_asked_at_growing_distances()
    {
        var health = AnswerHealth.Unknown(ProbePace.Api);
        var waited = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var next = health.After(answered: false);
            Assert.Null(next.IsHealthy);
            Assert.InRange(next.Wait, health.Wait, TimeSpan.FromSeconds(1.5));
            waited += (health = next).Wait;
        }
        Assert.InRange(waited, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void The_first_answer_makes_it_healthy() => Assert.True(After(false, false, true).IsHealthy);

    [Fact]
    public void One_question_without_an_answer_is_none() => Assert.True(After(true, false).IsHealthy);

    [Fact]
    public void Two_in_a_row_make_it_unhealthy_and_an_answer_healthy_again()
    {
        Assert.True(After(true, false, true, false).IsHealthy);
        Assert.False(After(true, false, false).IsHealthy);
        Assert.False(After(true, false, false, false, false).IsHealthy);
        Assert.True(After(true, false, false, false, true).IsHealthy);
    }

    [Fact]
    public void One_that_hangs_right_after_an_answer_is_known_to_before_five_seconds_are_over() =>
        Assert.InRange(UntilKnown(ProbePace.Api), TimeSpan.Zero, TimeSpan.FromSeconds(4));

    [Fact]
    public void A_daemon_that_hangs_is_known_to_after_a_time_in_which_no_busy_one_is_silent()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), UntilKnown(ProbePace.Dnsmasq));
        Assert.Equal(TimeSpan.FromSeconds(70), UntilKnown(ProbePace.Frr));
        // Also one that hung before it was asked for the first time.
        Assert.False(After(ProbePace.Frr, false, false, false, false).IsHealthy);
    }

    [Fact]
    public void A_resolver_that_hangs_is_known_to_before_dnsmasq_asks_it_a_third_time() =>
        Assert.InRange(UntilKnown(ProbePace.Names), TimeSpan.Zero, TimeSpan.FromMilliseconds(500));

    [Fact]
    public void A_resolver_that_answers_now_and_then_stays_out_until_it_answered_three_times_in_a_row()
    {
        Assert.True(After(ProbePace.Names, true, false, false, true, false, false).IsHealthy);
        Assert.False(After(ProbePace.Names, true, false, false, false, true, true, false, true, true).IsHealthy);
        Assert.True(After(ProbePace.Names, true, false, false, false, true, true, true).IsHealthy);
    }

    [Fact]
    public void A_resolver_that_never_answered_is_unhealthy_when_it_has_had_its_chances()
    {
        Assert.Null(After(ProbePace.Names, new bool[9]).IsHealthy);
        Assert.False(After(ProbePace.Names, new bool[10]).IsHealthy);
    }
}
