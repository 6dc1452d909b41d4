using System.Diagnostics;
using Meduza.Init.Agent;

namespace Meduza.Init.Tests.Agent;

public sealed class PacedTriggerTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task First_wish_counts_at_once_and_those_of_the_pause_are_one_at_its_end()
    {
        var patience = TimeSpan.FromMinutes(1);
        var cancellation = TestContext.Current.CancellationToken;
        using var triggers = new Triggers();
        using var paced = new PacedTrigger(triggers, Trigger.Observe, Pause, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var begun = Stopwatch.GetTimestamp();
        var running = paced.RunAsync(stop.Token);

        paced.Wish();
        Assert.Equal(Trigger.Observe, await triggers.TakeAsync(patience, cancellation));
        for (var n = 0; n < 1000; n++)
            paced.Wish();

        Assert.Equal(Trigger.Observe, await triggers.TakeAsync(patience, cancellation));
        // A timer counts by the kernel's coarse clock, which is behind by up to a tick (10 ms at most).
        Assert.True(Stopwatch.GetElapsedTime(begun) >= Pause - TimeSpan.FromMilliseconds(10));
        Assert.Equal(Trigger.None, await triggers.TakeAsync(2 * Pause, cancellation));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
