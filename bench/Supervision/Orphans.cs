using System.Diagnostics;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Bench.Supervision;

/// <summary>Ten thousand orphans, a thousand at a time: from the signal that ends them all to the collection of the last.</summary>
internal static class Orphans
{
    private const int Batch = 1000, Batches = 10;
    private const string Make = "for (1..1000) { defined(my $p = fork) or die $!; if (!$p) { sleep 100000; exit } } print \"made\\n\"";

    public static void Measure(IReadOnlyList<Contestant> contestants)
    {
        var samples = contestants.Select(_ => new List<double>()).ToList();
        var budgets = contestants.Select(c => new ProcessBudget(c.Machine)).ToList();
        try
        {
            for (var batch = 0; batch < Batches; batch++)
            {
                for (var i = 0; i < contestants.Count; i++)
                    samples[i].Add(KillToReaped(contestants[i], budgets[i]));
            }
        }
        finally
        {
            budgets.ForEach(b => b.Dispose());
        }
        SupervisionFigures.Compare("kill_to_reaped_1000_orphans", "ms", [.. contestants.Select((c, i) => (c.Peer, (IReadOnlyList<double>)samples[i]))]);
        SupervisionFigures.Compare("kill_to_reaped_10000_orphans", "ms", [.. contestants.Select((c, i) => (c.Peer, (IReadOnlyList<double>)[samples[i].Sum()]))]);
    }

    private static double KillToReaped(Contestant contestant, ProcessBudget budget)
    {
        var before = budget.Current;
        using var maker = Command.Start(
            "sh", ["-c", $"echo $$ > {budget.Door}; exec \"$@\"", "sh", .. contestant.Machine.Inside("perl", "-e", Make)]);
        maker.WaitForLine(l => l == "made", TimeSpan.FromMinutes(1));
        maker.Wait(Must.Patience);
        contestant.Machine.WaitUntil(() => budget.Current == before + Batch, "a thousand orphans");

        var since = Stopwatch.GetTimestamp();
        // They are of the group of who made them, which ended.
        Signals.Send(-maker.Pid, 9);
        while (budget.Current > before)
        {
            if (Stopwatch.GetElapsedTime(since) > Must.Patience)
                throw new LabException($"{contestant.Peer.Name} left {budget.Current - before} zombies");
            Thread.Sleep(TimeSpan.FromMicroseconds(200));
        }
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }
}
