using System.Globalization;
using Meduza.Init.Supervise.Boot;
using Meduza.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Cli.Doctor;

/// <summary>The rest that a gateway stands on: its clock, what PID 1 may do, kernel settings, room on disk.</summary>
internal static class MachineProbes
{
    private const string Part = "machine";
    private const long LittleRoom = 100L << 20;
    private const long NoRoom = 10L << 20;

    /// <summary>No gateway of this kind ran before: a clock that says so was never set.</summary>
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Finding Clock(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var text = now.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return now >= Earliest
            ? Finding.Ok("clock", "time", text)
            : Finding.Problem("clock", "time", $"{text} cannot be: the clock was never set", "set it (date -s, or an NTP client): no certificate is valid at that time");
    }

    /// <param name="status">A process's <c>/proc/PID/status</c>.</param>
    /// <param name="whose">Whose it is.</param>
    public static IEnumerable<Finding> Privileges(string status, string whose)
    {
        var line = status.Split('\n').FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        if (line is null || !ulong.TryParse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var has))
        {
            yield return Finding.Warning(Part, "capabilities", $"those of {whose} are not told", "see that /proc is mounted");
            yield break;
        }
        var missing = NeededCapabilities.MissingFrom(new(has)).ToList();
        if (missing.Count == 0)
            yield return Finding.Ok(Part, "capabilities", $"{whose} has all that it needs");
        foreach (var capability in missing)
        {
            var name = capability.Capability.ToString();
            var detail = $"{whose} does not have it: needed for {capability.For}";
            yield return capability.IsNeeded
                ? Finding.Problem(Part, name, detail, capability.Remedy)
                : Finding.Warning(Part, name, detail, capability.Remedy);
        }
    }

    /// <summary>Opened for writing, and nothing written.</summary>
    /// <param name="path">A setting that the gateway needs.</param>
    public static Finding Settings(string path = "/proc/sys/net/ipv4/ip_forward")
    {
        try
        {
            using var setting = Descriptor.Open(path, O_WRONLY);
            return Finding.Ok(Part, "kernel settings", "can be written");
        }
        catch (LinuxException e)
        {
            return Finding.Warning(
                Part, "kernel settings", $"cannot be written: {e.Message}",
                "set net.ipv4.ip_forward=1, net.ipv6.conf.all.forwarding=1 and rp_filter=0 from outside (docker run --sysctl …)");
        }
    }

    /// <summary>Room for files of any user, on the file system that a folder is on.</summary>
    /// <param name="free">Bytes.</param>
    public static Finding Room(string folder, long free)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{free >> 20} MiB free");
        const string Remedy = "make room, or mount something larger there";
        return free < NoRoom ? Finding.Problem(Part, $"disk {folder}", text, Remedy)
            : free < LittleRoom ? Finding.Warning(Part, $"disk {folder}", text, Remedy)
            : Finding.Ok(Part, $"disk {folder}", text);
    }

    public static IEnumerable<Finding> Rooms(params string[] folders) =>
        folders.Where(Directory.Exists).Select(folder => Room(folder, new DriveInfo(folder).AvailableFreeSpace));
}
