using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>What a program left behind that was executed through the exec stage and waited for.</summary>
/// <param name="Exit">How it ended; null when it took too long, and was killed.</param>
/// <param name="Output">The beginning of what it wrote to its standard output and error, in one.</param>
/// <param name="Failure">Why it was not executed; null when it was.</param>
public sealed record StagedResult(Exit? Exit, string Output, ExecReport? Failure);

/// <summary>
/// A program run to its end as somebody else: bounded in time and in what it says, killed with all that it started when
/// its time is over or nobody waits any more. Not for PID 1, which waits for nobody: it has services.
/// </summary>
public static class StagedCommand
{
    /// <summary>Runs it. A thread waits for what happens; nothing is looked at again and again.</summary>
    /// <param name="stage">Executes it.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="longest">Bytes of its output that are kept; the rest is taken from it and dropped.</param>
    /// <exception cref="LinuxException">No process, memory or descriptor is left.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more; it is gone.</exception>
    public static Task<StagedResult> RunAsync(StagedSpawn stage, ExecSpec spec, TimeSpan timeout, int longest, CancellationToken cancellation) =>
        Task.Run(() => Run(stage, spec, timeout, longest, cancellation), cancellation);

    private static StagedResult Run(StagedSpawn stage, ExecSpec spec, TimeSpan timeout, int longest, CancellationToken cancellation)
    {
        var (read, write) = Descriptor.Pipe();
        using var output = new PipeDrain(read, longest);
        int pid;
        Descriptor report;
        using (write)
            (pid, report) = stage.Start(spec, write, write);
        using (report)
        {
            bool inTime;
            using (var process = Pidfd.Open(pid))
            using (cancellation.Register(() => Signals.Send(-pid, SIGKILL)))
                inTime = Await(process, output, pid, timeout);
            // Not collected yet, so the number of its group means it: whatever it started goes with it.
            Signals.Send(-pid, SIGKILL);
            Reaper.TryReap(pid, out var exit);
            cancellation.ThrowIfCancellationRequested();
            return new(inTime ? exit : null, output.Text, FailureIn(report));
        }
    }

    /// <returns>False when it had to be killed.</returns>
    private static bool Await(Pidfd process, PipeDrain output, int pid, TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        var inTime = true;
        var events = new pollfd[2];
        while (true)
        {
            events[0] = new() { fd = process.Descriptor.Number, events = POLLIN };
            events[1] = new() { fd = output.Number, events = POLLIN };
            var ended = Polling.Wait(events, inTime ? Math.Max(0, deadline - Environment.TickCount64) : Timeout.Infinite) && events[0].revents != 0;
            output.Read(ended || events[1].revents != 0);
            if (ended)
                return inTime;
            if (inTime && Environment.TickCount64 >= deadline)
            {
                inTime = false;
                Signals.Send(-pid, SIGKILL);
            }
        }
    }

    /// <remarks>
    /// The process is gone, so all of its reports are there; but there need be no end behind them: another process that is just
    /// being started holds a copy of the pipe until its own execve(2).
    /// </remarks>
    private static int ReadWhatIsThere(Descriptor pipe, Span<byte> buffer)
    {
        var length = 0;
        try
        {
            while (length < buffer.Length && Files.DescriptorIO.Read(pipe, buffer[length..], "exec report") is var count and > 0)
                length += count;
        }
        catch (LinuxException e) when (e.Errno == Tmds.Linux.LibC.EAGAIN)
        {
        }
        return length;
    }

    private static ExecReport? FailureIn(Descriptor pipe)
    {
        var buffer = new byte[2 * ExecReport.Longest];
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, ReadWhatIsThere(pipe, buffer));
        ExecReport? failure = null;
        while (ExecReport.TryRead(ref bytes, out var report))
        {
            if (report.Step != ExecStep.Ready)
                failure ??= report;
        }
        return failure;
    }
}
