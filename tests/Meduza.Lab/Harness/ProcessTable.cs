using System.Globalization;
using System.Text;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>A process as this machine's <c>/proc</c> shows it.</summary>
/// <param name="HostPid">Its pid here.</param>
/// <param name="Pid">Its pid in its own namespace.</param>
/// <param name="Parent">The pid of its parent here.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot: with the pid, its identity.</param>
/// <param name="State">One letter: <c>Z</c> is a zombie.</param>
/// <param name="Name">The program's name, at most 15 bytes.</param>
/// <param name="CommandLine">Its arguments with spaces between; empty for a zombie.</param>
/// <param name="PidNamespace">Inode of its pid namespace.</param>
/// <param name="Network">Inode of its network namespace; 0 for a zombie, which has none any more.</param>
public sealed record SeenProcess(
    int HostPid, int Pid, int Parent, long StartTicks, char State, string Name, string CommandLine, ulong PidNamespace, ulong Network);

/// <summary>All processes of this machine and the namespaces that they are in (proc(5), namespaces(7)).</summary>
public static class ProcessTable
{
    /// <summary>Of the kernel's clock as it tells of it (USER_HZ, time(7)).</summary>
    private const int TicksPerSecond = 100;

    /// <summary>Now, as <see cref="SeenProcess.StartTicks"/> counts.</summary>
    public static long TicksSinceBoot() => (long)(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture) * TicksPerSecond);

    public static IReadOnlyList<SeenProcess> Read()
    {
        var found = new List<SeenProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && TryRead(pid) is { } process)
                found.Add(process);
        }
        return found;
    }

    /// <summary>One process, or null when it is gone.</summary>
    public static SeenProcess? TryRead(int hostPid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{hostPid}/stat");
            // The name stands in parentheses and may itself hold spaces and parentheses.
            var nameEnd = stat.LastIndexOf(')');
            var name = stat[(stat.IndexOf('(') + 1)..nameEnd];
            var fields = stat[(nameEnd + 2)..].Split(' ');
            var own = File.ReadLines($"/proc/{hostPid}/status").First(l => l.StartsWith("NSpid:", StringComparison.Ordinal));
            return new(
                hostPid,
                int.Parse(own.Split('\t', StringSplitOptions.RemoveEmptyEntries)[^1], CultureInfo.InvariantCulture),
                int.Parse(fields[1], CultureInfo.InvariantCulture),
                long.Parse(fields[19], CultureInfo.InvariantCulture),
                fields[0][0],
                name,
                Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{hostPid}/cmdline")).TrimEnd('\0').Replace('\0', ' '),
                NamespaceOf(hostPid, "pid"),
                NamespaceOf(hostPid, "net"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Inode of a namespace of a process; 0 when it has none any more, or does not let itself be looked at.</summary>
    /// <param name="hostPid">The process.</param>
    /// <param name="kind">A name in <c>/proc/PID/ns</c>.</param>
    public static ulong NamespaceOf(int hostPid, string kind) =>
        new FileInfo($"/proc/{hostPid}/ns/{kind}").LinkTarget is { } target
            ? ulong.Parse(target[(target.IndexOf('[', StringComparison.Ordinal) + 1)..^1], CultureInfo.InvariantCulture)
            : 0;

    /// <summary>Ends every process that fits, and waits until none is left.</summary>
    /// <exception cref="LabException">Some did not go.</exception>
    public static void KillAll(Func<SeenProcess, bool> fits)
    {
        ArgumentNullException.ThrowIfNull(fits);
        var deadline = Environment.TickCount64 + 10_000;
        while (true)
        {
            var left = Read().Where(p => p.State != 'Z' && fits(p)).ToList();
            if (left.Count == 0)
                return;
            if (Environment.TickCount64 > deadline)
                throw new LabException($"processes that cannot be ended: {string.Join(", ", left)}");
            foreach (var process in left)
                Signals.Send(process.HostPid, 9);
            // Nobody tells a stranger of an exit: look again.
            Thread.Sleep(20);
        }
    }
}
