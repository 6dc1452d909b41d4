namespace Meduza.Init.Agent.Store;

/// <summary>
/// How long to wait before trying again: from a quarter of a second, doubling, up to three seconds, each shortened by up
/// to a quarter so that a fleet does not come back in step.
/// </summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);
    private TimeSpan _next = First;

    public TimeSpan Next()
    {
        var delay = _next * (1 - random.NextDouble() / 4);
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return delay;
    }

    /// <summary>It worked: the next wait is the shortest again.</summary>
    public void Reset() => _next = First;
}
