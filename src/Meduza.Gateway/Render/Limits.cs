using System.Collections.Immutable;

namespace Meduza.Gateway.Render;

/// <summary>A limit of getrlimit(2). <see cref="ulong.MaxValue"/> is no limit.</summary>
/// <param name="Resource">Of what, by the name that prlimit(1) has: <c>nofile</c>, <c>core</c>, <c>memlock</c>, <c>nproc</c>, <c>as</c>.</param>
/// <param name="Soft">What holds; null leaves what PID 1 was started with.</param>
/// <param name="Hard">What the process may raise the soft one to; null leaves it.</param>
public sealed record ProcessLimit(string Resource, ulong? Soft, ulong? Hard);

/// <summary>How much a service may take. By default as much as there is.</summary>
public sealed record Limits
{
    /// <summary>Limits of each of its processes.</summary>
    public ImmutableArray<ProcessLimit> Process { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>-1000 (never killed when memory runs out) to 1000 (first); null is 0.</summary>
    public int? OomScore { get; init; }

    /// <summary>-20 (runs first) to 19 (last); null is PID 1's.</summary>
    public int? Nice { get; init; }

    /// <summary>Permission bits that new files do not get; null is 022.</summary>
    public int? Umask { get; init; }

    /// <summary>Bytes that all its processes together may have; null is no limit. This and the next three hold where cgroups do.</summary>
    public long? MemoryMax { get; init; }

    /// <summary>Bytes above which they are slowed down and their memory is taken back.</summary>
    public long? MemoryHigh { get; init; }

    /// <summary>How many processes and threads there may be.</summary>
    public long? PidsMax { get; init; }

    /// <summary>Its share of the processors beside others: 1 to 10000; null is 100.</summary>
    public int? CpuWeight { get; init; }

    public bool Equals(Limits? other) =>
        other is not null
        && Process.SequenceEqual(other.Process)
        && (OomScore, Nice, Umask) == (other.OomScore, other.Nice, other.Umask)
        && (MemoryMax, MemoryHigh, PidsMax, CpuWeight) == (other.MemoryMax, other.MemoryHigh, other.PidsMax, other.CpuWeight);

    public override int GetHashCode() =>
        HashCode.Combine(Process.Length, OomScore, Nice, Umask, MemoryMax, MemoryHigh, PidsMax, CpuWeight);
}
