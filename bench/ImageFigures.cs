using System.Diagnostics;
using Meduza.Container.Harness;
using Meduza.Image;
using Meduza.Image.Root;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>
/// The image: bytes of each component, how soon a container of it is what its keys say, what it has in memory then, with a
/// limit of 128 MiB too, and which capabilities it cannot do without.
/// </summary>
internal static class ImageFigures
{
    private const int Samples = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    /// <summary>Lines of a gateway that is not whole: its status, and what it said first.</summary>
    private const int Told = 40;

    /// <summary>Long enough for what fails at once and is tried again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void Measure()
    {
        MeasureSize();
        MeasureStart();
        DemoFigures.Measure();
        MeasureCapabilities();
    }

    private static void MeasureSize()
    {
        var built = BuiltImage.Ours;
        var arguments = new ImageArguments(
            BuiltImage.Arch, "", $"{BuiltImage.Sources}/artifacts/meduza-init", $"{BuiltImage.Folder}/packages-{BuiltImage.Arch.Name}",
            $"{BuiltImage.Sources}/rootfs", $"{BuiltImage.Sources}/third_party", BuiltImage.Folder, DateTimeOffset.UnixEpoch);
        var parts = SizeTable.Of(Assembly.Of(arguments, _ => { }));
        foreach (var (component, bytes) in parts)
            Figure.Print($"image_unpacked_{component}", "MB", bytes / 1e6);
        Figure.Print("image_unpacked", "MB", parts.Sum(part => part.Bytes) / 1e6);
        Figure.Print("image_compressed", "MB", new FileInfo(built.Path).Length / 1e6);
    }

    private static void MeasureStart()
    {
        using var solo = SoloGateway.Create();
        solo.Etcd.Commit("first");
        List<double> begun = [], dnsmasq = [], applied = [], healthy = [];
        for (var i = 0; i < Samples; i++)
        {
            using var container = RunningContainer.Prepare(solo.Lab.Folder, Setup(solo, $"gw{i}", ContainerSetup.Enough));
            var clock = Stopwatch.StartNew();
            container.Begin();
            begun.Add(clock.Elapsed.TotalMilliseconds);
            container.WaitForOutput(line => line.StartsWith("dnsmasq: ", StringComparison.Ordinal), Limit);
            dnsmasq.Add(clock.Elapsed.TotalMilliseconds);
            container.WaitForOutput(line => line.Contains(" applied in ", StringComparison.Ordinal), Limit);
            applied.Add(clock.Elapsed.TotalMilliseconds);
            container.WaitUntilHealthy(Limit);
            healthy.Add(clock.Elapsed.TotalMilliseconds);
            if (i == 0)
                MeasureMemory(container);
        }
        Figure.Print("image_start_to_pid1", "ms", begun);
        Figure.Print("image_start_to_first_service", "ms", dnsmasq);
        Figure.Print("image_start_to_applied", "ms", applied);
        Figure.Print("image_start_to_healthy", "ms", healthy);
    }

    private static void MeasureMemory(RunningContainer container)
    {
        Thread.Sleep(Quiet);
        Figure.Print("image_memory_all_processes_pss", "MiB", container.Processes().Sum(process => ProcessMemory.Rollup(process.HostPid, "Pss")) / 1024.0);
    }

    /// <summary>The same gateway without one capability after the other: 1 where it is what its keys say all the same.</summary>
    private static void MeasureCapabilities()
    {
        using var solo = SoloGateway.Create();
        solo.Etcd.Commit("first");
        foreach (var capability in ContainerSetup.Enough)
        {
            using var container = RunningContainer.Prepare(solo.Lab.Folder, Setup(solo, capability.ToLowerInvariant().Replace('_', '-'), [.. ContainerSetup.Enough.Except([capability])]));
            double isHealthy;
            try
            {
                container.Begin();
                container.WaitUntilHealthy(Patience);
                isHealthy = 1;
            }
            catch (Exception e) when (e is LabException or TimeoutException)
            {
                isHealthy = 0;
                Console.Error.WriteLine($"without {capability}: {string.Join("\n  ", e.Message.Split('\n').Take(Told))}");
            }
            Figure.Print($"image_healthy_without_{capability}", "", isHealthy);
        }
    }

    private static ContainerSetup Setup(SoloGateway solo, string name, IReadOnlyList<string> capabilities) => new()
    {
        Name = name,
        Network = solo.Gateway.Network,
        Capabilities = capabilities,
        Environment = [$"NODE_ID={SoloGateway.Node}", $"ETCD_ENDPOINTS={solo.Etcd.Endpoint}"],
    };
}
