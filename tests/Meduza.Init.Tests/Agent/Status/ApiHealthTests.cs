using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class ApiHealthTests
{
    private static ApiHealth After(params bool[] answers) => answers.Aggregate(ApiHealth.Unknown, (health, answered) => health.After(answered));

    [Fact]
    public void Before_its_first_answer_it_is_neither_and_is_asked_at_growing_distances()
    {
        var health = ApiHealth.Unknown;
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
    public void One_that_hangs_right_after_an_answer_is_known_to_before_five_seconds_are_over()
    {
        var health = After(true);
        var passed = TimeSpan.Zero;
        while (health.IsHealthy == true)
        {
            passed += health.Wait + ApiHealth.Patience;
            health = health.After(answered: false);
        }
        Assert.InRange(passed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }
}
