using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>
/// From the execution of PID 1 to the commit applied, every daemon ready: with the commit read from etcd, and with etcd out
/// of reach and the last good state on the disk.
/// </summary>
internal static class StartToApplied
{
    private const int Samples = 10;

    /// <param name="solo">A gateway that has applied a commit.</param>
    /// <param name="suffix">Of the figures' names: what is different about its fleet.</param>
    public static void Measure(SoloGateway solo, string suffix)
    {
        solo.Gateway.Data = $"{solo.Lab.Folder.Path}/data";
        Directory.CreateDirectory(solo.Gateway.Data);
        var kept = $"{solo.Gateway.Data}/meduza/snapshots";
        Figure.Print($"start_to_applied_from_etcd{suffix}", "ms", [.. Enumerable.Range(0, Samples).Select(_ =>
        {
            // What is on the disk would be begun with.
            if (Directory.Exists(kept))
                Directory.Delete(kept, recursive: true);
            var time = Start(solo);
            solo.Init.WaitUntil(() => Directory.Exists(kept) && Directory.GetFiles(kept, "applied-*").Length > 0, "the commit is kept");
            return time;
        })]);
        solo.Etcd.Stop();
        Figure.Print($"start_to_applied_from_snapshot{suffix}", "ms", [.. Enumerable.Range(0, Samples).Select(_ => Start(solo))]);
    }

    /// <returns>Milliseconds until the line that says so.</returns>
    private static double Start(SoloGateway solo)
    {
        // date(1) ends before PID 1 begins: what the lab takes to make namespaces is not PID 1's.
        solo.Gateway.Start(prepare: "date +%s%N > /etc/lab-exec");
        solo.Init.WaitForOutput(line => line.Contains(" applied in ", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
        var now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        var begun = long.Parse(File.ReadAllText($"{solo.Init.Root}/etc/lab-exec"), CultureInfo.InvariantCulture);
        return (now - begun) / 1e6;
    }
}
