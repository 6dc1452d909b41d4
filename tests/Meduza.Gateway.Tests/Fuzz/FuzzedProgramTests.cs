using Meduza.Linux.Process;

namespace Meduza.Gateway.Tests.Fuzz;

/// <summary>What is rendered of hostile keys, given to the parsers of the programs themselves: those that only look, and start nothing.</summary>
public sealed class FuzzedProgramTests
{
    /// <summary>Of the fleets that are rendered; a check of each of them takes a process or two.</summary>
    private static readonly int Checked = FuzzSize.Fleets / 20;

    private static readonly Lazy<IReadOnlyList<(HostileFleet Fleet, Rendered Rendered)>> Fleets = new(() =>
        [.. Enumerable.Range(0, int.MaxValue).Select(number => HostileFleet.Of(FuzzSize.Seed, number))
            .Select(fleet => (fleet, fleet.Keys.Parse(fleet.Node).Config is { } config ? Rendered.Of(config, fleet.Machine) : null!))
            .Where(pair => pair.Item2 is not null).Take(Checked)]);

    [Fact]
    public void Vtysh_takes_FRRs_configuration() => Check(
        path => path == "/etc/frr/frr.conf", file => ["vtysh", "-C", "-f", file], "");

    [Fact]
    public void Dnsmasq_takes_its_configuration() => Check(
        path => path == "/etc/dnsmasq.conf", file => ["dnsmasq", "--test", $"--conf-file={file}"], "");

    // openvpn ends where it would read the files that are named.
    [Fact]
    public void Openvpn_takes_the_configuration_of_every_instance() => Check(
        path => path.StartsWith("/etc/openvpn/", StringComparison.Ordinal) && path.EndsWith(".conf", StringComparison.Ordinal),
        file => ["openvpn", "--config", file, "--show-digests"],
        // openvpn 2.6, which is here, does not have what 2.7 needs.
        "allow-deprecated-insecure-static-crypto\n");

    private static void Check(Func<string, bool> isIts, Func<string, string[]> command, string without)
    {
        var file = Path.GetTempFileName();
        var found = 0;
        try
        {
            foreach (var (fleet, rendered) in Fleets.Value)
            {
                foreach (var path in rendered.State.Files.Select(file => file.Path).Where(isIts))
                {
                    var text = rendered.Text(path);
                    File.WriteAllText(file, without.Length > 0 ? text.Replace(without, "", StringComparison.Ordinal) : text);
                    var words = command(file);
                    var result = Command.Run(words[0], words[1..], Programs.Sandbox.Patience);
                    Assert.True(result.ExitCode == 0 && !result.Output.Contains("% ", StringComparison.Ordinal), $"{fleet}\n{path}\n{result.Output}{result.Error}\n{text}");
                    found++;
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
        Assert.True(found > 0, "none of the fleets has it");
    }
}
