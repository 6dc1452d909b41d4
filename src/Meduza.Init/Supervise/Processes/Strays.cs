using System.Globalization;
using System.Text;
using Meduza.Linux;
using Meduza.Linux.Process;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// Finds and kills what a service's process leaves behind. Called while that process is alive or at least uncollected:
/// so its number still means it, and with it the group and the session of that number. Where the service has a cgroup,
/// all that it left is in there, and the kernel ends it. Elsewhere:
/// <list type="bullet">
/// <item>its process group, by one kill(2);</item>
/// <item>members of its session in other groups (FRR's daemons make their own);</item>
/// <item>those that left the session too (setsid, double fork): they carry the mark that PID 1 puts into each
/// environment, unless they wiped it.</item>
/// </list>
/// </summary>
internal sealed unsafe class Strays(ServiceCgroups cgroups)
{
    /// <summary>The environment variable with the service's name.</summary>
    public const string Mark = "MEDUZA_SERVICE";

    /// <summary>One round finds what ran; a process that forked meanwhile is found by the next.</summary>
    private const int MostRounds = 5;

    /// <summary>Enough for a stat line, and for the front of an environment, where the mark is put.</summary>
    private const int MostRead = 8192;

    /// <summary>Of a stat line, counted behind the name.</summary>
    private const int StartField = 20;

    /// <summary>SIGKILL to all that belongs to the process, itself included.</summary>
    /// <param name="service">Its service.</param>
    /// <param name="pid">The process, which leads its session.</param>
    /// <exception cref="LinuxException">The group was killed; the others could not be looked for.</exception>
    /// <exception cref="IOException">The same.</exception>
    public void Kill(string service, int pid)
    {
        Send(-pid);
        if (cgroups.Kill(service))
            return;
        var mark = Encoding.UTF8.GetBytes($"{Mark}={service}\0");
        // One that was killed may be seen once more before it is gone: only a new one is a reason for another round.
        var killed = new HashSet<int>();
        for (var round = 0; round < MostRounds; round++)
        {
            var found = false;
            foreach (var other in AllProcesses())
            {
                if (other != pid && !killed.Contains(other) && Belongs(other, pid, mark) && Send(other))
                    found = killed.Add(other);
            }
            if (!found)
                return;
        }
    }

    /// <summary>True when a process is of a service whose own process is <paramref name="leader"/>: of its session, or with its mark.</summary>
    internal static bool Belongs(int pid, string service, int leader) =>
        Belongs(pid, leader, Encoding.UTF8.GetBytes($"{Mark}={service}\0"));

    /// <summary>The children of this process's one thread (<c>/proc/PID/task/TID/children</c>).</summary>
    internal static IEnumerable<int> Children()
    {
        var self = Environment.ProcessId;
        return File.ReadAllText($"/proc/{self}/task/{self}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture));
    }

    /// <summary>Children of this process that carry a mark, the oldest first, each with the service that the mark names.</summary>
    internal static IEnumerable<MarkedProcess> Marked() =>
        Children().Select(child => new MarkedProcess(child, MarkOf(child), StartOf(child))).Where(process => process.Service.Length > 0).OrderBy(process => process.Start);

    /// <param name="Start">In clock ticks since boot.</param>
    internal sealed record MarkedProcess(int Pid, string Service, long Start);

    private static IEnumerable<int> AllProcesses()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && pid != Environment.ProcessId)
                yield return pid;
        }
    }

    private static bool Belongs(int pid, int session, ReadOnlySpan<byte> mark)
    {
        Span<byte> buffer = stackalloc byte[MostRead];
        // pid (name) state ppid pgrp session …; the name may hold anything, so its end is the last parenthesis.
        var stat = Encoding.UTF8.GetString(Read($"/proc/{pid}/stat", buffer));
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', 6);
        if (fields.Length < 6 || fields[1] is "Z" or "X")
            return false;
        if (fields[4] == session.ToString(CultureInfo.InvariantCulture))
            return true;
        // The kernel's own threads have no environment to look at; their parent is kthreadd.
        if (fields[2] is "2" || pid == 2)
            return false;
        var environment = Read($"/proc/{pid}/environ", buffer);
        for (int at; (at = environment.IndexOf(mark)) >= 0; environment = environment[(at + 1)..])
        {
            if (at == 0 || environment[at - 1] == 0)
                return true;
        }
        return false;
    }

    /// <summary>Empty when there is none.</summary>
    private static string MarkOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[MostRead];
        var environment = Encoding.UTF8.GetString(Read($"/proc/{pid}/environ", buffer));
        return environment.Split('\0').FirstOrDefault(v => v.StartsWith($"{Mark}=", StringComparison.Ordinal))?[(Mark.Length + 1)..] ?? "";
    }

    /// <summary>In clock ticks since boot; the highest number for one that is gone.</summary>
    private static long StartOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[MostRead];
        var stat = Encoding.UTF8.GetString(Read($"/proc/{pid}/stat", buffer));
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ');
        return fields.Length > StartField ? long.Parse(fields[StartField], CultureInfo.InvariantCulture) : long.MaxValue;
    }

    private static bool Send(int pid)
    {
        try
        {
            return Signals.Send(pid, SIGKILL);
        }
        catch (LinuxException)
        {
            return false; // not ours to kill: a process that gained rights of its own
        }
    }

    /// <summary>The front of a file; nothing when the process ended meanwhile or may not be looked at.</summary>
    /// <exception cref="LinuxException">No descriptor or memory is left, so that nothing is known of it.</exception>
    private static ReadOnlySpan<byte> Read(string path, Span<byte> buffer)
    {
        fixed (byte* name = NativeText.Terminated(path), bytes = buffer)
        {
            var file = open(name, O_RDONLY | O_CLOEXEC);
            if (file < 0)
            {
                var error = errno;
                return error == EMFILE || error == ENFILE || error == ENOMEM ? throw new LinuxException("open", path, error) : [];
            }
            var length = (long)read(file, bytes, (size_t)buffer.Length);
            _ = close(file);
            return buffer[..(int)Math.Max(length, 0)];
        }
    }
}
