using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Bench.Supervision;

/// <summary>PID 1 beside other supervisors: in one run, by turns, with the same services.</summary>
internal static class SupervisionFigures
{
    private const int Services = 15, ManyServices = 100, Rounds = 4;

    /// <summary>After so long every supervisor restarts at once what ends: Meduza asks for 10 s, s6 for one.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(11);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    public static void Measure()
    {
        var peers = new List<Peer> { Peer.Meduza };
        foreach (var other in Peer.Others)
        {
            if (other.IsInstalled)
                peers.Add(other);
            else
                Figure.PrintMissing($"supervision_{other.Name}", $"{other.Program} is not on this machine, and Debian 12 and 13 have no package of it");
        }

        var contestants = peers.Select(p => new Contestant(p, Services)).ToList();
        try
        {
            IdleFigures(contestants);
            KillToExec(contestants);
            Orphans.Measure(contestants);
            Restarts.Measure(contestants[0]);
        }
        finally
        {
            contestants.ForEach(c => c.Dispose());
        }
        StartAndStop(peers);
    }

    /// <summary>Prints a figure of each, and Meduza's as a ratio to each of the others: below 1 is less.</summary>
    public static void Compare(string name, string unit, IReadOnlyList<(Peer Peer, IReadOnlyList<double> Samples)> figures)
    {
        foreach (var (peer, samples) in figures)
        {
            if (samples.Count == 1)
                Figure.Print($"{name}_{peer.Name}", unit, samples[0]);
            else
                Figure.Print($"{name}_{peer.Name}", unit, samples);
        }
        foreach (var (peer, samples) in figures.Skip(1).Where(f => Median(f.Samples) > 0))
            Figure.Print($"{name}_ratio_to_{peer.Name}", "ratio", Median(figures[0].Samples) / Median(samples));
    }

    private static void IdleFigures(IReadOnlyList<Contestant> contestants)
    {
        Thread.Sleep(Settled);
        // Anonymous: what is nobody else's and no file's. Pages of a program are private as long as one process runs it, and dirty
        // where its file lies in memory, as it does here.
        foreach (var field in (string[])["Rss", "Pss", "Anonymous"])
            Compare($"supervisor_idle_{field.ToLowerInvariant()}_15_services", "KiB", [.. contestants.Select(c => (c.Peer, Single(Memory(c, field))))]);

        var before = contestants.Select(c => (Cpu: Cpu(c), Pid: NextPid(c))).ToList();
        Thread.Sleep(Idle);
        var after = contestants.Select(c => (Cpu: Cpu(c), Pid: NextPid(c))).ToList();
        Compare("supervisor_idle_60s_cpu", "ms", [.. contestants.Select((c, i) => (c.Peer, Single(after[i].Cpu - before[i].Cpu)))]);
        // The second look is itself one process.
        Compare("supervisor_idle_60s_forks", "processes", [.. contestants.Select((c, i) => (c.Peer, Single(after[i].Pid - before[i].Pid - 1)))]);
    }

    private static void KillToExec(List<Contestant> contestants)
    {
        var samples = contestants.Select(_ => new List<double>()).ToList();
        for (var round = 0; round <= Rounds; round++)
        {
            Thread.Sleep(Settled);
            var sleepers = contestants.Select(c => c.Sleepers()).ToList();
            for (var service = 0; service < Services; service++)
            {
                for (var i = 0; i < contestants.Count; i++)
                {
                    var milliseconds = contestants[i].KillToExec(sleepers[i][service]);
                    // The first round pays for pages that were never touched before.
                    if (round > 0)
                        samples[i].Add(milliseconds);
                }
            }
        }
        Compare("kill_to_exec", "ms", [.. contestants.Select((c, i) => (c.Peer, (IReadOnlyList<double>)samples[i]))]);
    }

    private static void StartAndStop(IReadOnlyList<Peer> peers)
    {
        var starts = new List<(Peer, IReadOnlyList<double>)>();
        var stops = new List<(Peer, IReadOnlyList<double>)>();
        foreach (var peer in peers)
        {
            using var contestant = new Contestant(peer, ManyServices);
            starts.Add((peer, Single(contestant.StartMilliseconds)));
            stops.Add((peer, Single(contestant.Stop())));
        }
        Compare("start_100_services", "ms", starts);
        Compare("stop_100_services", "ms", stops);
    }

    private static double Memory(Contestant contestant, string field) => contestant.Itself().Sum(p => ProcessMemory.Rollup(p.HostPid, field));

    private static double Cpu(Contestant contestant) => contestant.Itself().Sum(p => Cpu(p.HostPid));

    /// <summary>Milliseconds of processor time, of all threads, as the scheduler counts it (the first field of schedstat, in nanoseconds).</summary>
    public static double Cpu(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .Sum(task => double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1e6;

    /// <summary>The number of a process made just now: they are given in turn.</summary>
    private static double NextPid(Contestant contestant) =>
        double.Parse(Must.Run(contestant.Machine.Inside("sh", "-c", "echo $$")), CultureInfo.InvariantCulture);

    private static IReadOnlyList<double> Single(double value) => [value];

    private static double Median(IReadOnlyList<double> samples) => samples.Order().ElementAt(samples.Count / 2);
}
