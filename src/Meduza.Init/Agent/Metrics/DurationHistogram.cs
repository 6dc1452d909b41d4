using System.Collections.Immutable;

namespace Meduza.Init.Agent.Metrics;

/// <summary>Counts lengths of time by how long they were. For any number of threads.</summary>
internal sealed class DurationHistogram
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[Bounds.Length + 1];
    private double _sum;

    /// <summary>Upper bounds in seconds; there is one more, without a bound. A commit that changes little takes some ten ms, a start seconds.</summary>
    public static ImmutableArray<double> Bounds { get; } = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    /// <summary>Counts one.</summary>
    public void Observe(TimeSpan duration)
    {
        var index = 0;
        while (index < Bounds.Length && duration.TotalSeconds > Bounds[index])
            index++;
        lock (_lock)
        {
            _counts[index]++;
            _sum += duration.TotalSeconds;
        }
    }

    public Counts Read()
    {
        lock (_lock)
        {
            var cumulative = ImmutableArray.CreateBuilder<long>(_counts.Length);
            var count = 0L;
            foreach (var one in _counts)
                cumulative.Add(count += one);
            return new(cumulative.MoveToImmutable(), _sum);
        }
    }

    /// <param name="Cumulative">How many were at most as long as each bound; the last is all.</param>
    /// <param name="Sum">Of all, in seconds.</param>
    internal sealed record Counts(ImmutableArray<long> Cumulative, double Sum);
}
