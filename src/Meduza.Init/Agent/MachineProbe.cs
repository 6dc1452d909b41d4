using Meduza.Gateway.Render;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Init.Agent;

/// <summary>Finds out, once at start, what rendering must know of this machine.</summary>
internal static class MachineProbe
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(5);

    public static Machine Probe(NodeSettings settings, Accounts accounts)
    {
        var machine = new Machine { Nameservers = settings.Nameservers, DefaultGateway = settings.DefaultGateway };
        return machine with
        {
            FrrHasMgmtd = File.Exists(Path.Combine(machine.FrrDaemonFolder, "mgmtd")),
            OpenVpnVersion = OpenVpnVersion(machine.OpenVpn) ?? machine.OpenVpnVersion,
            Users = [.. machine.Users.Where(user => accounts.FindUser(user) is not null)],
        };
    }

    /// <summary>The version that the program itself tells; null where it is not installed.</summary>
    private static Version? OpenVpnVersion(string path) =>
        File.Exists(path) ? ParseOpenVpnVersion(Command.Run(path, ["--version"], VersionTimeout).Output) : null;

    /// <summary>Parses the first line of <c>openvpn --version</c>: <c>OpenVPN 2.6.14 x86_64-pc-linux-gnu …</c>.</summary>
    public static Version? ParseOpenVpnVersion(string output)
    {
        if (output.Split(' ') is not ["OpenVPN", var text, ..])
            return null;
        // A pre-release has a tail (2.7_beta1) that says nothing about which options it takes.
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        return Version.TryParse(text[..end], out var version) ? version : null;
    }
}
