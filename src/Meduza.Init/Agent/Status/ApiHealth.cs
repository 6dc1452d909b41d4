namespace Meduza.Init.Agent.Status;

/// <summary>
/// What the answers of an API make of it. A program that hangs sends no event, so it is asked: at growing distances until
/// its first answer, every 1.5 s from then on, and again soon after a question without an answer. The second one in a row
/// makes it unhealthy, the first answer healthy again.
/// </summary>
/// <remarks>A question has 1 s, so a program that hangs is known to within 1.5 + 1 + 0.25 + 1 = 3.75 s.</remarks>
/// <param name="IsHealthy">Null before the first answer.</param>
/// <param name="Failures">Questions in a row without an answer.</param>
/// <param name="Wait">How long until the next question.</param>
internal readonly record struct ApiHealth(bool? IsHealthy, int Failures, TimeSpan Wait)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int Threshold = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);

    public static ApiHealth Unknown { get; } = new(null, 0, First);

    public ApiHealth After(bool answered) => (answered, IsHealthy) switch
    {
        (true, _) => new(true, 0, Interval),
        // A program that starts answers when it does.
        (false, null) => this with { Wait = Wait * 2 < Interval ? Wait * 2 : Interval },
        (false, _) => new(IsHealthy == true && Failures + 1 < Threshold, Failures + 1, Failures + 1 < Threshold ? Soon : Interval),
    };
}
