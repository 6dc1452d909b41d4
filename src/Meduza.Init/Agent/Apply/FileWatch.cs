using Meduza.Linux;
using Meduza.Linux.Files;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Apply;

/// <summary>Reasons to look at files: somebody did something to one that was looked at.</summary>
internal static partial class FileWatch
{
    /// <summary>How soon after one look the next one may be.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const int StackSize = 128 * 1024;

    /// <summary>Begins; null where the kernel does not tell, which is said.</summary>
    public static FolderWatch? TryOpen(ILogger log)
    {
        try
        {
            return FolderWatch.Open();
        }
        catch (LinuxException e)
        {
            LogBlind(log, e.Message);
            return null;
        }
    }

    /// <summary>Raises <see cref="Trigger.Observe"/> until cancelled.</summary>
    /// <param name="others">Told of all that happens, on another thread.</param>
    public static async Task RunAsync(FolderWatch? watch, SeenFiles files, Action<FolderEvent> others, Triggers triggers, TimeProvider clock, CancellationToken cancellation)
    {
        using var changed = new PacedTrigger(triggers, Trigger.Observe, Pause, clock);
        // A thread of its own: no other way of waiting for this descriptor takes none.
        var reader = watch is null ? null : new Thread(() => Read(watch, files, others, changed), StackSize) { IsBackground = true, Name = "files" };
        reader?.Start();
        try
        {
            await changed.RunAsync(cancellation);
        }
        finally
        {
            watch?.End();
            reader?.Join();
        }
    }

    private static void Read(FolderWatch watch, SeenFiles files, Action<FolderEvent> others, PacedTrigger changed)
    {
        while (watch.Read(happened => Forget(happened)))
        {
        }

        void Forget(FolderEvent happened)
        {
            if (files.Forget(happened))
                changed.Wish();
            others(happened);
        }
    }

    [LoggerMessage(410, LogLevel.Warning, "changes of files are not told ({Problem}): they are looked at with each commit and every five minutes")]
    private static partial void LogBlind(ILogger log, string problem);
}
