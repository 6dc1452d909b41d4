using System.Diagnostics;
using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>From the exec of PID 1 to the spawn of its first service, which is the agent.</summary>
internal static class Boot
{
    private const int Samples = 20;

    public static void Measure()
    {
        var samples = new List<double>();
        for (var n = 0; n < Samples; n++)
        {
            // date(1) ends before the shell becomes the program under test.
            using var machine = PidOne.Start(new()
            {
                Environment = ["NODE_ID=bench", "ETCD_ENDPOINTS=http://192.0.2.1:2379"],
                Command = ["/bin/sh", "-c", $"date +%s%N > /etc/lab-exec; exec {PidOne.Program}"],
            });
            long? spawned = null;
            machine.WaitUntil(() => (spawned = ControlStatus.FirstStart(machine.ControlSocket)) is not null, "the first service is started");
            var realtimeAhead = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100 - Stopwatch.GetTimestamp();
            var executed = long.Parse(File.ReadAllText($"{machine.Root}/etc/lab-exec"), CultureInfo.InvariantCulture) - realtimeAhead;
            samples.Add((spawned!.Value - executed) / 1e6);
        }
        Figure.Print("exec_to_first_service", "ms", samples);
    }
}
