namespace Meduza.Init.Agent.Status;

/// <summary>
/// What the answers of a program make of it. A program that hangs sends no event, so it is asked: at growing distances until
/// its first answer, at an interval from then on, and again soon after a question without an answer. As many of those in a
/// row as the pace says make it unhealthy, as many answers in a row healthy again.
/// </summary>
/// <param name="IsHealthy">Null before the first answer, as long as it has a chance.</param>
/// <param name="Against">How many in a row, up to now, speak against that.</param>
/// <param name="Wait">How long until the next question.</param>
internal readonly record struct AnswerHealth(ProbePace Pace, bool? IsHealthy, int Against, TimeSpan Wait)
{
    public static AnswerHealth Unknown(ProbePace pace) => new(pace, null, 0, pace.First);

    public AnswerHealth After(bool answered)
    {
        if (IsHealthy is not { } isHealthy)
        {
            // A program that starts answers when it does.
            return answered || Against + 1 >= Pace.Chances
                ? Known(answered)
                : this with { Against = Against + 1, Wait = Wait * 2 < Pace.Interval ? Wait * 2 : Pace.Interval };
        }
        if (answered == isHealthy)
            return Known(isHealthy);
        return Against + 1 < (isHealthy ? Pace.Threshold : Pace.Recovery)
            ? this with { Against = Against + 1, Wait = answered ? Pace.Interval : Pace.Soon }
            : Known(answered);
    }

    private AnswerHealth Known(bool isHealthy) => new(Pace, isHealthy, 0, Pace.Interval);
}
