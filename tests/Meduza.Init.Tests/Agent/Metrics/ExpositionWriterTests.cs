using System.Collections.Immutable;
using Meduza.Init.Agent.Metrics;

namespace Meduza.Init.Tests.Agent.Metrics;

public class ExpositionWriterTests
{
    private static readonly Metric Named = new("x_y", MetricKind.Gauge, "What it is.", "first", "second");

    [Fact]
    public void A_family_is_its_help_its_type_and_its_samples() => Assert.Equal(
        "# HELP x_y What it is.\n# TYPE x_y gauge\nx_y{first=\"a\",second=\"\"} 1\nx_y{first=\"b\",second=\"c\"} 0.25\n",
        new ExpositionWriter().Begin(Named).Sample(true, "a", "").Sample(0.25, "b", "c").ToString());

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\", "a\\\\")]
    [InlineData("a\nb\r", "a\\nb\r")]
    [InlineData("\"} 1\nevil 1", "\\\"} 1\\nevil 1")]
    [InlineData("ключ 🐙", "ключ 🐙")]
    public void The_value_of_a_label_is_escaped_and_read_back(string value, string written)
    {
        var text = new ExpositionWriter().Begin(Named).Sample(1, value, "z").ToString();
        Assert.Contains($"x_y{{first=\"{written}\",second=\"z\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Equal(value, Assert.Single(Assert.Single(Exposition.Parse(text)).Samples).Labels[0].Value);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1.5, "1.5")]
    [InlineData(1234567890123, "1234567890123")]
    [InlineData(18446744073709551615d, "1.8446744073709552E+19")]
    public void A_number_is_written_so_that_it_reads_back(double value, string written)
    {
        var text = new ExpositionWriter().Begin(Named).Sample(value, "a", "b").ToString();
        Assert.EndsWith($" {written}\n", text, StringComparison.Ordinal);
        Assert.Equal(value, Exposition.Parse(text)[0].Samples[0].Value);
    }

    [Fact]
    public void A_histogram_counts_each_length_in_every_bound_that_it_fits()
    {
        var durations = new DurationHistogram();
        foreach (var seconds in (double[])[0.005, 0.01, 0.011, 45, 60.001])
            durations.Observe(TimeSpan.FromSeconds(seconds));
        var to = new ExpositionWriter().Begin(new("d_seconds", MetricKind.Histogram, "How long."));
        to.Histogram(durations.Read());

        var family = Assert.Single(Exposition.Parse(to.ToString()));
        double Bucket(string bound) => family.Samples.Single(sample => sample.Labels.Contains(("le", bound))).Value;
        Assert.Equal((2, 3, 3, 4, 5), (Bucket("0.01"), Bucket("0.025"), Bucket("30"), Bucket("60"), Bucket("+Inf")));
        Assert.Equal(105.027, family.Samples.Single(sample => sample.Name == "d_seconds_sum").Value, 6);
        Assert.Equal(5, family.Samples.Single(sample => sample.Name == "d_seconds_count").Value);
    }

    [Theory]
    [InlineData("x 1\n")]
    [InlineData("# HELP x y\n# TYPE x gauge\nx{a=\"b} 1\n")]
    [InlineData("# HELP x y\n# TYPE x gauge\nx 1\nx 1\n")]
    [InlineData("# HELP x y\n# TYPE x gauge\nz 1\n")]
    [InlineData("# HELP x y\n# TYPE x counter\nx 1\n")]
    [InlineData("# HELP x y\n# TYPE x gauge\nx 1")]
    [InlineData("# HELP x y\n# TYPE x gauge\n\nx 1\n")]
    [InlineData("# HELP x y\n# TYPE x gauge\nx{a=\"\\d\"} 1\n")]
    [InlineData("# HELP x y\n# TYPE x histogram\nx_bucket{le=\"1\"} 1\nx_sum 1\nx_count 1\n")]
    public void The_reader_of_these_tests_is_strict(string text) => Assert.ThrowsAny<Exception>(() => Exposition.Parse(text));
}
