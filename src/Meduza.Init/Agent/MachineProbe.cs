using Meduza.Gateway.Render;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Init.Agent;

/// <summary>Finds out, once at start, what rendering must know of this machine.</summary>
internal static class MachineProbe
{
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(5);

    /// <param name="warn">Told of a file of the image that cannot be used, in one line.</param>
    public static Machine Probe(NodeSettings settings, Accounts accounts, Action<string> warn)
    {
        var machine = OfNames(settings, accounts);
        return machine with
        {
            FrrHasMgmtd = File.Exists(Path.Combine(machine.FrrDaemonFolder, "mgmtd")),
            // What talks to the control socket came with it, in one package.
            TincHasControl = File.Exists(Path.Combine(Path.GetDirectoryName(machine.Tincd)!, "tinc")),
            OpenVpnVersion = OpenVpnVersion(machine.OpenVpn) ?? machine.OpenVpnVersion,
            MihomoBase = Shipped(ShippedFile.Mihomo, warn) ?? machine.MihomoBase,
            MosdnsBase = Shipped(ShippedFile.Mosdns, warn) ?? machine.MosdnsBase,
        };
    }

    /// <summary>What is asked of no program: enough for rendering who answers names.</summary>
    public static Machine OfNames(NodeSettings settings, Accounts accounts)
    {
        var machine = new Machine { Nameservers = settings.Nameservers, DefaultGateway = settings.DefaultGateway };
        return machine with { Users = [.. machine.Users.Where(user => accounts.FindUser(user) is not null)] };
    }

    /// <summary>A file as the image has it; null where it has none, or none that can be used.</summary>
    private static ReadOnlyMemory<byte>? Shipped(string name, Action<string> warn)
    {
        var path = Path.Combine(ShippedFile.Folder, name);
        if (!File.Exists(path))
            return null;
        var bytes = File.ReadAllBytes(path);
        if (ShippedFile.Problem(name, bytes) is not { } problem)
            return bytes;
        warn($"{path} is not used: {problem}");
        return null;
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
