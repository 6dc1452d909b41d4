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

    private static readonly string[] Tables = ["mangle", "nat"];

    /// <summary>Raises <see cref="Trigger.Observe"/> until cancelled.</summary>
    public static async Task RunAsync(Triggers triggers, TimeProvider clock, ILogger log, CancellationToken cancellation)
    {
        await Task.WhenAll(WatchAsync(triggers, log, cancellation), RemindAsync(triggers, clock, cancellation));
    }

    private static async Task WatchAsync(Triggers triggers, ILogger log, CancellationToken cancellation)
    {
        try
        {
            using var monitor = TableMonitor.Open();
            await foreach (var change in monitor.ReadAllAsync(cancellation))
            {
                if (change.Missed || Tables.Contains(change.Table))
                    triggers.Raise(Trigger.Observe);
            }
        }
        catch (LinuxException e)
        {
            // A kernel without netfilter has no rules that somebody could change.
            LogBlind(log, e.Message, (int)Period.TotalSeconds);
        }
    }

    private static async Task RemindAsync(Triggers triggers, TimeProvider clock, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(cancellation))
            triggers.Raise(Trigger.Observe);
    }

    [LoggerMessage(400, LogLevel.Warning, "changes of packet rules are not told ({Problem}): they are looked at every {Seconds} s")]
    private static partial void LogBlind(ILogger log, string problem, int seconds);
}
