using System.Globalization;
using System.Text;

namespace Meduza.Init.Agent.Metrics;

/// <summary>
/// Writes the text format of Prometheus, version 0.0.4:
/// <code>
/// # HELP name text
/// # TYPE name gauge
/// name{label="value",…} number
/// </code>
/// Source: "Exposition formats" in Prometheus' documentation.
/// </summary>
internal sealed class ExpositionWriter
{
    private readonly StringBuilder _text = new();
    private Metric? _metric;

    public override string ToString() => _text.ToString();

    /// <summary>Begins a family: the samples that follow are its own.</summary>
    public ExpositionWriter Begin(Metric metric)
    {
        _metric = metric;
        _text.Append("# HELP ").Append(metric.Name).Append(' ').Append(metric.Help.Replace("\\", "\\\\", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(metric.Name).Append(' ').Append(metric.Kind switch
        {
            MetricKind.Gauge => "gauge",
            MetricKind.Counter => "counter",
            _ => "histogram",
        }).Append('\n');
        return this;
    }

    /// <param name="labels">Values of the family's labels, in its order.</param>
    public ExpositionWriter Sample(double value, params ReadOnlySpan<string> labels)
    {
        _text.Append(_metric!.Name);
        for (var i = 0; i < labels.Length; i++)
            Label(i == 0 ? '{' : ',', _metric.Labels[i], labels[i]);
        if (labels.Length > 0)
            _text.Append('}');
        Value(value);
        return this;
    }

    public ExpositionWriter Sample(bool value, params ReadOnlySpan<string> labels) => Sample(value ? 1 : 0, labels);

    /// <summary>The one histogram of a family without labels.</summary>
    public void Histogram(DurationHistogram.Counts counts)
    {
        var name = _metric!.Name;
        for (var i = 0; i < counts.Cumulative.Length; i++)
        {
            var bound = i < DurationHistogram.Bounds.Length ? DurationHistogram.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            _text.Append(name).Append("_bucket");
            Label('{', "le", bound);
            _text.Append('}');
            Value(counts.Cumulative[i]);
        }
        _text.Append(name).Append("_sum");
        Value(counts.Sum);
        _text.Append(name).Append("_count");
        Value(counts.Cumulative[^1]);
    }

    private void Label(char before, string name, string value)
    {
        _text.Append(before).Append(name).Append("=\"");
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => _text.Append("\\\\"),
                '"' => _text.Append("\\\""),
                '\n' => _text.Append("\\n"),
                _ => _text.Append(character),
            };
        }
        _text.Append('"');
    }

    private void Value(double value) => _text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
