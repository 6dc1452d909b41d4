namespace Meduza.Lab.Soak;

public class SoakTests
{
    /// <summary>A minute of what <c>./build.sh soak</c> does for hours: always the same decisions.</summary>
    [Fact]
    public void Sixty_random_changes_with_kills_a_freeze_and_a_cut_leave_each_gateway_as_its_keys_say()
    {
        using var told = new StringWriter();
        var options = new SoakOptions(60, Seed: 6)
        {
            CheckEvery = 30,
            Faults = new Dictionary<int, FaultKind>
            {
                [8] = FaultKind.AgentKilled, [20] = FaultKind.MemberFrozen, [36] = FaultKind.LinkSilent, [52] = FaultKind.AgentKilled,
            },
        };
        var code = new SoakRun(options, told).Run();
        Assert.True(code == 0, told.ToString());
    }
}
