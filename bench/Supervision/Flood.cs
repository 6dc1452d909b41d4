using System.Diagnostics;
using System.Globalization;
using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Lab.Harness;

namespace Meduza.Bench.Supervision;

/// <summary>
/// One service that writes lines as fast as they are taken: how fast that is, with files, memory and a console that reads
/// everything, and what it costs PID 1.
/// </summary>
internal static class Flood
{
    private const string Name = "flood";
    private const string Line = "a line of some length that is written over and over again";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private const int Rounds = 7;

    public static void Measure()
    {
        using var meduza = new Contestant(Peer.Meduza, 1);
        meduza.Ask(new() { Verb = Verbs.Define, Definition = new ServiceDefinition { Name = Name, Component = Name, Command = ["/usr/bin/yes", Line] } });
        var flood = meduza.Machine.WaitFor(() => meduza.Machine.Processes().FirstOrDefault(p => p.Name == "yes"), "the flood runs");
        Thread.Sleep(WarmUp);

        var rates = new List<double>();
        var (cpu, bytes) = (SupervisionFigures.Cpu(meduza.Machine.HostPid), 0d);
        for (var round = 0; round < Rounds; round++)
        {
            var (before, since) = (Written(flood.HostPid), Stopwatch.GetTimestamp());
            Thread.Sleep(Round);
            var taken = Written(flood.HostPid) - before;
            rates.Add(taken / 1e6 / Stopwatch.GetElapsedTime(since).TotalSeconds);
            bytes += taken;
        }
        cpu = SupervisionFigures.Cpu(meduza.Machine.HostPid) - cpu;
        Figure.Print("log_intake", "MB/s", rates);
        Figure.Print("log_intake_per_cpu_second_of_pid_1", "MB", bytes / 1e6 / (cpu / 1e3));
        Figure.Print("log_intake_private_dirty", "KiB", ProcessMemory.Rollup(meduza.Machine.HostPid, "Private_Dirty"));
        meduza.Ask(new() { Verb = Verbs.Stop, Services = [Name] });
    }

    /// <summary>Bytes that its writes have handed over.</summary>
    private static double Written(int pid) =>
        double.Parse(File.ReadLines($"/proc/{pid}/io").First(l => l.StartsWith("wchar:", StringComparison.Ordinal))[6..], CultureInfo.InvariantCulture);
}
