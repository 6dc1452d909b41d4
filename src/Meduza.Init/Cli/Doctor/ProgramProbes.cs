using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Init.Cli.Doctor;

/// <summary>A program that a gateway may run.</summary>
/// <param name="Path">Where it is executed.</param>
/// <param name="VersionArgument">What makes it tell its version and end.</param>
/// <param name="Purpose">For what it is needed.</param>
/// <param name="Package">Where it comes from.</param>
/// <param name="IsNeeded">True where this machine, as it is set, does not work without it.</param>
internal sealed record DrivenProgram(string Path, string VersionArgument, string Purpose, string Package, bool IsNeeded = false);

/// <summary>Which programs are here, and which version each says it is.</summary>
internal static class ProgramProbes
{
    private const string Part = "programs";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <param name="hasLocalEtcd">True where PID 1 runs etcd itself.</param>
    public static IEnumerable<DrivenProgram> All(bool hasLocalEtcd)
    {
        var machine = new Machine();
        foreach (var daemon in (string[])["zebra", "staticd", "ospfd", "bgpd"])
            yield return new($"{machine.FrrDaemonFolder}/{daemon}", "--version", "routing", "Debian: frr");
        yield return new(machine.Tincd, "--version", "tinc keys", "Debian: tinc");
        yield return new(machine.OpenVpn, "--version", "openvpn keys", "Debian: openvpn");
        yield return new(machine.Dnsmasq, "--version", "dnsmasq keys", "Debian: dnsmasq-base");
        yield return new(machine.WireGuardGo, "--version", "wireguard keys on a kernel without WireGuard", "Debian: wireguard-go");
        yield return new("/usr/bin/easytier-core", "--version", "easytier keys", "EasyTier's releases");
        yield return new("/usr/bin/mihomo", "-v", "clash keys", "mihomo's releases");
        yield return new("/usr/bin/mosdns", "version", "mosdns keys", "mosdns' releases");
        if (hasLocalEtcd)
            yield return new(LocalEtcd.FindProgram() ?? LocalEtcd.UsualPlace, "--version", $"ETCD_ENDPOINTS={LocalEtcd.Word}", "Debian: etcd-server", IsNeeded: true);
    }

    public static Finding Probe(DrivenProgram program)
    {
        var name = Path.GetFileName(program.Path);
        var remedy = $"needed for {program.Purpose}: install it there ({program.Package})";
        if (!File.Exists(program.Path))
            return Missing($"{program.Path}: no such file");
        try
        {
            // Without our environment: there may be etcd's password in it.
            var result = Command.Run(program.Path, [program.VersionArgument], Limit, environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
            var line = (result.Output + "\n" + result.Error).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            return line is not null
                ? Finding.Ok(Part, name, line)
                : Missing($"{program.Path} {program.VersionArgument} says nothing: exit code {result.ExitCode}");
        }
        catch (LinuxException e)
        {
            return Missing(e.Message);
        }
        catch (TimeoutException)
        {
            return Missing($"{program.Path} {program.VersionArgument} does not end: killed after {Limit.TotalSeconds:0} s");
        }

        Finding Missing(string detail) => program.IsNeeded ? Finding.Problem(Part, name, detail, remedy) : Finding.Warning(Part, name, detail, remedy);
    }
}
