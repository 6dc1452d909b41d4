using System.Globalization;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>Who a process is and what it may, as <c>/proc/PID/status</c> has it.</summary>
/// <param name="Uids">Real, effective, saved and file system user, which are one for a process that cannot go back.</param>
/// <param name="Gids">The same of the group.</param>
/// <param name="Groups">The other groups, in order.</param>
/// <param name="Umask">In octal.</param>
public sealed record ProcessCredentials(
    string Uids, string Gids, string Groups, CapabilitySet Inheritable, CapabilitySet Permitted, CapabilitySet Effective,
    CapabilitySet Bounding, CapabilitySet Ambient, bool NoNewPrivileges, string Umask)
{
    public static ProcessCredentials Of(int hostPid)
    {
        var fields = File.ReadLines($"/proc/{hostPid}/status").Select(l => l.Split(":\t", 2)).ToDictionary(f => f[0], f => f[^1].Trim());
        return new(
            fields["Uid"].Replace('\t', ' '), fields["Gid"].Replace('\t', ' '), fields["Groups"],
            Set("CapInh"), Set("CapPrm"), Set("CapEff"), Set("CapBnd"), Set("CapAmb"), fields["NoNewPrivs"] == "1", fields["Umask"]);

        CapabilitySet Set(string name) => new(ulong.Parse(fields[name], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
