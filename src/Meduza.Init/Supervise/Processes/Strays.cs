using System.Globalization;
using Meduza.Linux;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// Finds and kills what a service's process leaves behind. Called while that process is alive or at least uncollected:
/// so its number still means it, and with it the group and the session of that number.
/// <list type="bullet">
/// <item>its process group, by one kill(2);</item>
/// <item>members of its session in other groups (FRR's daemons make their own);</item>
/// <item>those that left the session too (setsid, double fork): they carry the mark that PID 1 puts into each
/// environment, unless they wiped it.</item>
/// </list>
/// </summary>
internal static class Strays
{
    /// <summary>The environment variable with the service's name.</summary>
    public const string Mark = "MEDUZA_SERVICE";

    /// <summary>One round finds what ran; a process that forked meanwhile is found by the next.</summary>
    private const int MostRounds = 5;

    /// <summary>SIGKILL to all that belongs to the process.</summary>
    /// <param name="service">Its service.</param>
    /// <param name="pid">The process, which leads its session.</param>
    /// <param name="everywhere">
    /// True to look at every process of the machine; false only at PID 1's own children, where an orphan turns up: this
    /// costs nothing worth measuring, and is what a crash can afford on the way to its restart.
    /// </param>
    public static void Kill(string service, int pid, bool everywhere)
    {
        Send(-pid);
        var mark = $"{Mark}={service}\0";
        for (var round = 0; round < MostRounds; round++)
        {
            var found = false;
            foreach (var other in everywhere ? AllProcesses() : Children())
            {
                if (other != pid && other != System.Environment.ProcessId && Belongs(other, pid, mark))
                    found |= Send(other);
            }
            if (!found)
                return;
        }
    }

    /// <summary>Every process but this one and what the kernel runs for itself.</summary>
    internal static IEnumerable<int> AllProcesses()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
                yield return pid;
        }
    }

    /// <summary>The children of this process's one thread (<c>/proc/PID/task/TID/children</c>).</summary>
    internal static IEnumerable<int> Children()
    {
        var self = System.Environment.ProcessId;
        var text = Read($"/proc/{self}/task/{self}/children");
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture));
    }

    private static bool Belongs(int pid, int session, string mark)
    {
        // pid (name) state ppid pgrp session …; the name may hold anything, so its end is the last parenthesis.
        var stat = Read($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', 6);
        if (fields.Length < 6 || fields[1] is "Z" or "X")
            return false;
        if (fields[4] == session.ToString(CultureInfo.InvariantCulture))
            return true;
        var environment = Read($"/proc/{pid}/environ");
        return environment.StartsWith(mark, StringComparison.Ordinal) || environment.Contains($"\0{mark}", StringComparison.Ordinal);
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

    /// <summary>Empty when the process ended meanwhile or may not be looked at.</summary>
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
