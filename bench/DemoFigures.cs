using System.Diagnostics;
using Meduza.Container.Harness;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>
/// The demo's network of containers of the image, begun all at once with their commit in etcd: how soon the first service
/// of each runs, all services of all are ready, and a packet goes from one network to another; and what each has in memory
/// when it is quiet, with plenty of it and with a limit of 128 MiB.
/// </summary>
internal static class DemoFigures
{
    private const int Samples = 3;
    private const long Tight = 128 << 20, Plenty = 1 << 30;
    private const double Mebi = 1 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    public static void Measure()
    {
        var (first, ready, reached) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Samples; i++)
        {
            using var demo = DemoContainers.Prepare();
            first.AddRange(Begin(demo, out var all, out var through));
            ready.Add(all);
            reached.Add(through);
        }
        Figure.Print("image_demo_start_to_first_service", "ms", first);
        Figure.Print("image_demo_start_to_all_ready", "ms", ready);
        Figure.Print("image_demo_start_to_packet_through", "ms", reached);
        MeasureLimited("plenty", Plenty);
        MeasureLimited("128MiB", Tight);
    }

    /// <summary>Nothing of the image is in memory at the start, so that each container has in its account what it reads.</summary>
    private static void MeasureLimited(string name, long limit)
    {
        using var demo = DemoContainers.Prepare(limit);
        Figure.Print($"image_demo_{name}_start_to_first_service", "ms", Begin(demo, out var ready, out var reached));
        Figure.Print($"image_demo_{name}_start_to_all_ready", "ms", ready);
        Figure.Print($"image_demo_{name}_start_to_packet_through", "ms", reached);
        Thread.Sleep(Quiet);
        foreach (var container in demo.All)
            MeasureMemory($"image_demo_{name}_{container.GivenName.Replace('-', '_')}", container);
    }

    /// <returns>Milliseconds until each one's first service had its first word.</returns>
    /// <param name="ready">Until the health check of the last one is content.</param>
    /// <param name="reached">Until a host behind one has an answer from a host behind another.</param>
    private static double[] Begin(DemoContainers demo, out double ready, out double reached)
    {
        demo.Commit("first");
        var first = new double[demo.All.Count];
        var clock = Stopwatch.StartNew();
        Parallel.For(0, first.Length, new() { MaxDegreeOfParallelism = first.Length }, i =>
        {
            demo.All[i].Begin();
            demo.All[i].WaitForOutput(line => line.StartsWith("dnsmasq: ", StringComparison.Ordinal), Limit);
            first[i] = clock.Elapsed.TotalMilliseconds;
        });
        foreach (var container in demo.All)
            container.WaitUntilHealthy(Limit);
        ready = clock.Elapsed.TotalMilliseconds;
        demo.Network.HostB.PingUntilAnswered(demo.Network.HostC.Address, Limit);
        reached = clock.Elapsed.TotalMilliseconds;
        return first;
    }

    private static void MeasureMemory(string name, RunningContainer container)
    {
        Figure.Print($"{name}_processes_pss", "MiB", container.Processes().Sum(process => ProcessMemory.Rollup(process.HostPid, "Pss")) / Mebi * 1024);
        if (container.Memory is not { } memory)
        {
            Figure.PrintMissing($"{name}_memory", "no memory controller can be had here: neither in the unified hierarchy of control groups nor as one of the first kind");
            return;
        }
        Figure.Print($"{name}_memory", "MiB", memory.Used / Mebi);
        Figure.Print($"{name}_memory_of_programs", "MiB", memory.OfPrograms / Mebi);
        Figure.Print($"{name}_memory_of_files", "MiB", memory.OfFiles / Mebi);
        Figure.Print($"{name}_memory_most", "MiB", memory.Most / Mebi);
        Figure.Print($"{name}_kills", "", memory.Kills);
    }
}
