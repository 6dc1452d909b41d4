namespace Meduza.Gateway.Tests.Programs;

/// <summary>What FRR itself makes of what is rendered.</summary>
public sealed class FrrProgramTests
{
    [Fact]
    public void The_whole_configuration_passes_the_check_of_vtysh()
    {
        using var sandbox = new Sandbox();
        var state = Fleet.Keys.Render("gw-b", Sandbox.Machine);
        sandbox.LayDown(state);
        Assert.DoesNotContain("% ", sandbox.Vtysh("-C", "-f", "/etc/frr/frr.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_daemon_starts_with_its_own_file_and_runs_every_line_of_it()
    {
        using var sandbox = new Sandbox();
        var state = Fleet.Keys.Render("gw-b", Sandbox.Machine);
        sandbox.LayDown(state);
        foreach (var service in state.Services.Where(service => service.Component == "frr"))
            sandbox.StartService(service);
        var running = sandbox.Vtysh("-c", "show running-config").Split('\n');
        foreach (var config in state.Frr)
        {
            foreach (var line in config.Config.Split('\n').Where(line => line.Length > 0 && !RunningConfig.IsNotShown(line)))
                Assert.Contains(line, running);
        }
    }
}
