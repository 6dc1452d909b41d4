using Meduza.Linux;
using Meduza.Linux.Netlink.Netfilter;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Apply.Packets;

/// <summary>
/// Reasons to look at the rules for packets: somebody did something in the tables that ours are in (the kernel tells), or
/// a minute is over, since of sets and of routes in other tables nothing is told.
/// </summary>
internal static partial class PacketWatch
{
    /// <summary>How often is looked without a reason.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    /// <summary>How soon after one look the next one may be.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Tables = ["mangle", "nat"];

    /// <summary>Raises <see cref="Trigger.Kernel"/> until cancelled.</summary>
    /// <param name="areWanted">True while there are to be rules; where there are none, nobody need be reminded of them.</param>
    public static async Task RunAsync(
        Triggers triggers, Func<bool> areWanted, TimeProvider clock, ILogger log, CancellationToken cancellation)
    {
        using var changed = new PacedTrigger(triggers, Trigger.Kernel, Pause, clock);
        await Task.WhenAll(
            WatchAsync(changed, log, cancellation),
            changed.RunAsync(cancellation),
            RemindAsync(triggers, areWanted, clock, cancellation));
    }

    private static async Task WatchAsync(PacedTrigger changed, ILogger log, CancellationToken cancellation)
    {
        try
        {
            using var monitor = TableMonitor.Open();
            await foreach (var change in monitor.ReadAllAsync(cancellation))
            {
                if (change.Missed || Tables.Contains(change.Table))
                    changed.Wish();
            }
        }
        catch (LinuxException e)
        {
            // A kernel without netfilter has no rules that somebody could change.
            LogBlind(log, e.Message, (int)Period.TotalSeconds);
        }
    }

    private static async Task RemindAsync(Triggers triggers, Func<bool> areWanted, TimeProvider clock, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            if (areWanted())
                triggers.Raise(Trigger.Kernel);
        }
    }

    [LoggerMessage(400, LogLevel.Warning, "changes of packet rules are not told ({Problem}): they are looked at every {Seconds} s")]
    private static partial void LogBlind(ILogger log, string problem, int seconds);
}
