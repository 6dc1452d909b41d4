using Meduza.Init.Cli;

namespace Meduza.Init.Tests.Cli;

public class DurationTests
{
    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0, "0s")]
    [InlineData(59.9, "59s")]
    [InlineData(60, "1m0s")]
    [InlineData(192, "3m12s")]
    [InlineData(3600, "1h0m")]
    [InlineData(7500, "2h5m")]
    [InlineData(86_400, "1d0h")]
    [InlineData(371_000, "4d7h")]
    public void Length_of_time_is_its_two_largest_units(double seconds, string text) =>
        Assert.Equal(text, Duration.Text(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0.42, "0.4 ms")]
    [InlineData(41.3, "41 ms")]
    [InlineData(1234, "1.2 s")]
    [InlineData(-1, "0.0 ms")]
    public void Time_taken_has_the_unit_that_fits(double milliseconds, string text) => Assert.Equal(text, Duration.Taken(milliseconds));
}
