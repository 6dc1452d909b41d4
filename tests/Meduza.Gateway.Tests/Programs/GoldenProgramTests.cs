using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Golden;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>Every golden case, laid down and started: each program takes its files, gets ready and goes on running.</summary>
[Trait("FRR", "any")]
public sealed class GoldenProgramTests
{
    public static TheoryData<string, string> Cases => new(GoldenTests.Cases.Select(row => (row.Data.Item1, row.Data.Item2))
        // Nothing runs without a key, and EasyTier, mihomo and MosDNS are in no package of Debian: tests of their renderers read their files.
        .Where(row => row.Item1 is not ("empty" or "easytier" or "proxy")));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Programs_take_what_is_rendered(string name, string node)
    {
        var state = Renderer.Render(ConfigParser.Parse(GoldenTests.ReadKeys(Path.Combine(GoldenTests.Folder(), name)), node).Config!, Sandbox.Machine);
        using var sandbox = new Sandbox();
        sandbox.LayDown(state);
        sandbox.StartServices(state);
        foreach (var service in state.Services)
        {
            var process = sandbox.Service(service.Name);
            if (service.Component.StartsWith("openvpn/", StringComparison.Ordinal))
                process.WaitForLine(line => line.Contains("MANAGEMENT: unix domain socket listening", StringComparison.Ordinal), Sandbox.Patience);
            Assert.False(process.HasExited, $"{service.Name}\n{process.Text}");
            Assert.DoesNotContain(process.Lines, line => line.Contains("Options error", StringComparison.Ordinal) || line.Contains("fatal", StringComparison.Ordinal));
        }
        if (state.Frr.IsEmpty)
            return;
        Assert.DoesNotContain("% ", sandbox.Vtysh("-C", "-f", "/etc/frr/frr.conf"), StringComparison.Ordinal);
        foreach (var config in state.Frr)
            Assert.Same(config.Config, Vty.ReadBack(sandbox, config));
    }
}
