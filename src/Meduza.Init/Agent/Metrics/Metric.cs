using System.Collections.Immutable;

namespace Meduza.Init.Agent.Metrics;

/// <summary>What a metric's number is, in the words of the exposition format.</summary>
internal enum MetricKind
{
    /// <summary>It goes up and down.</summary>
    Gauge,

    /// <summary>It goes up, and begins anew with the agent, the process or the device that is counted.</summary>
    Counter,

    /// <summary>How many were at most as large as each bound, their sum and their number.</summary>
    Histogram,
}

/// <summary>A family of the exposition: its name has its unit, by the conventions of Prometheus.</summary>
/// <param name="Help">One line, which says what the number is.</param>
/// <param name="Labels">Names of the labels of each sample, in order.</param>
internal sealed record Metric(string Name, MetricKind Kind, string Help, params ImmutableArray<string> Labels);
