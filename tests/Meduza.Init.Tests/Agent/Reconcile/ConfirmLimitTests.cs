using Meduza.Init.Agent.Reconcile;

namespace Meduza.Init.Tests.Agent.Reconcile;

public class ConfirmLimitTests
{
    [Theory]
    [InlineData("10", 10)]
    [InlineData("86400", 86_400)]
    [InlineData("9", null)]
    [InlineData("86401", null)]
    [InlineData("60s", null)]
    [InlineData("-60", null)]
    [InlineData("60.5", null)]
    [InlineData("", null)]
    public void Whole_seconds_from_ten_to_a_day(string value, int? seconds) => Assert.Equal(seconds, (int?)ConfirmLimit.Parse(value)?.TotalSeconds);
}
