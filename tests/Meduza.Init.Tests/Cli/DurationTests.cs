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

    [Theory]
    [InlineData("90", 90)]
    [InlineData("0.5", 0.5)]
    [InlineData("90s", 90)]
    [InlineData("2m", 120)]
    [InlineData("3m12s", 192)]
    [InlineData("1h30m", 5_400)]
    [InlineData("1d0h", 86_400)]
    [InlineData("2h5s", 7_205)]
    public void What_a_person_writes_is_read(string text, double seconds) => Assert.Equal(seconds, Duration.Parse(text)?.TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("5 m")]
    [InlineData("1.5h")]
    [InlineData("5m1h")]
    [InlineData("5m5m")]
    [InlineData("5m30")]
    [InlineData("NaN")]
    [InlineData("99999999999999999999d")]
    [InlineData("99999999999999999999")]
    public void What_is_no_length_of_time_is_none(string text) => Assert.Null(Duration.Parse(text));
}
