extern alias rendering;

using Meduza.Lab.Harness;
using Meduza.Linux.Process;
using rendering::Meduza.Gateway.Render;

namespace Meduza.Lab.Security;

/// <summary>Compares a running daemon, as the kernel shows it, with the table of what it is to hold.</summary>
internal static class HeldPrivileges
{
    private static readonly CapabilitySet ToDrop = CapabilitySet.Of(Capability.CAP_SETGID, Capability.CAP_SETUID);

    /// <summary>Asserts it of each daemon of a gateway.</summary>
    /// <returns>The programs that were looked at.</returns>
    public static IReadOnlyList<string> AreThoseOfTheTable(Gateway gateway)
    {
        var programs = new List<string>();
        foreach (var daemon in gateway.Daemons())
        {
            var program = Path.GetFileName(daemon.CommandLine.Split(' ')[0]);
            Check(gateway, ProgramPrivileges.All.Single(p => p.Program == program), daemon);
            programs.Add(program);
        }
        return programs;
    }

    private static void Check(Gateway gateway, ProgramPrivileges table, SeenProcess daemon)
    {
        var held = ProcessCredentials.Of(daemon.HostPid);
        var named = Named(table.Capabilities);
        var bounding = table.DropsByItself ? new CapabilitySet(named.Bits | ToDrop.Bits) : named;
        var uid = gateway.Init.Run("id", "-u", table.User) is { ExitCode: 0 } id ? id.Output.Trim() : "0";

        var what = $"{daemon.CommandLine}: {held}";
        Assert.True(held.Uids == string.Join(' ', Enumerable.Repeat(uid, 4)), what);
        Assert.True(held.Bounding == bounding, what);
        Assert.True(held.Permitted == named, what);
        // FRR has them effective only for the moment in which it needs them.
        Assert.True(held.Effective.Without(named) == CapabilitySet.None, what);
        Assert.True(held.Ambient.Without(uid == "0" ? CapabilitySet.None : named) == CapabilitySet.None, what);
        Assert.True(held.NoNewPrivileges, what);
        if (uid != "0")
            Assert.Equal(Words(gateway.Init.Run("id", "-G", table.User).Output), Words(held.Groups).Append(held.Gids.Split(' ')[0]).Distinct().Order());
    }

    private static CapabilitySet Named(IEnumerable<string> names) => CapabilitySet.Of(
        [.. names.Select(name => CapabilitySet.TryParse(name, out var capability) ? capability : throw new LabException($"no capability {name}"))]);

    private static IEnumerable<string> Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order();
}
