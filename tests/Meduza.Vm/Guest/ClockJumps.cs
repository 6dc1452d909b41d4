using System.Diagnostics;
using System.Globalization;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Vm.Guest;

/// <summary>
/// Sets the wall clock forward and back by years while PID 1 waits: for a service in backoff, and for one that does not
/// stop. Neither may end early, nor late; then the machine is switched off.
/// </summary>
internal static class ClockJumps
{
    private const string Starts = "/tmp/starts";
    private const int BeforeJump = 4;

    /// <summary>What PID 1 waits after the fourth quick failure, at least.</summary>
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(6);

    /// <summary>Far more than a busy machine adds, and far less than a jump.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    public static void Run(Report report)
    {
        report.Scenario("clock jumps", Jump);
        report.End();
        Signals.Send(1, SIGTERM);
        Thread.Sleep(Timeout.Infinite);
    }

    private static void Jump(Report report)
    {
        using var control = new ControlPeer();
        control.Define("deaf", "trap '' TERM; echo > /tmp/deaf; while :; do sleep 0.1; done", stopTimeout: (int)StopLimit.TotalMilliseconds);
        control.Define("fails", $"cat /proc/uptime >> {Starts}; exit 1");
        Waiting.Until(() => File.Exists("/tmp/deaf") && Uptimes().Count >= BeforeJump, "a service in its fourth backoff");

        var stopping = Stopwatch.StartNew();
        var stop = Task.Run(() =>
        {
            using var other = new ControlPeer();
            other.Stop("deaf");
            stopping.Stop();
        });
        var now = DateTimeOffset.UtcNow;
        foreach (var years in (int[])[10, -20, 0])
        {
            Set(now.AddYears(years));
            Require.Equal(now.AddYears(years).Year, DateTimeOffset.UtcNow.Year);
            Thread.Sleep(700);
        }

        Require.That(stop.Wait(Late), "the stop did not come to its end");
        Waiting.Until(() => Uptimes().Count > BeforeJump, "the next start", () => $"{Uptimes().Count} starts");
        var backoff = TimeSpan.FromSeconds(Uptimes()[BeforeJump] - Uptimes()[BeforeJump - 1]);
        report.Figure("backoff.s", backoff.TotalSeconds);
        report.Figure("stop.s", stopping.Elapsed.TotalSeconds);
        // The file has hundredths of a second, cut off.
        Require.That(backoff >= Backoff - TimeSpan.FromMilliseconds(10) && backoff < Late, $"{backoff}");
        Require.That(stopping.Elapsed >= StopLimit && stopping.Elapsed < Late, $"{stopping.Elapsed}");
    }

    /// <summary>Seconds since the machine started, by its monotonic clock, at each start of the one that fails.</summary>
    private static List<double> Uptimes() => !File.Exists(Starts)
        ? []
        : [.. File.ReadAllLines(Starts).Select(line => double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture))];

    private static void Set(DateTimeOffset time) =>
        Require.Equal(0, Command.Run("/bin/date", ["-s", string.Create(CultureInfo.InvariantCulture, $"@{time.ToUnixTimeSeconds()}")], Waiting.Limit).ExitCode);
}
