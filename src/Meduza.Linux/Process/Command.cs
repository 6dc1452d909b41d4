using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// Programs executed by somebody who waits for them: tests, and the agent's one-shots (a driven program's own check of
/// its configuration). Not for PID 1, which must not wait: it has services.
/// </summary>
public static class Command
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="path">The program; without a slash it is looked up in PATH.</param>
    /// <param name="args">Its arguments, without its own name.</param>
    /// <param name="timeout">How long it may take; then its whole group is killed.</param>
    /// <param name="input">Its standard input; null is <c>/dev/null</c>.</param>
    /// <param name="environment"><c>NAME=value</c>, all of it; null is this process's own.</param>
    /// <remarks>What a process that it left in the background writes after its end is not waited for.</remarks>
    /// <exception cref="LinuxException">It could not be executed.</exception>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static CommandResult Run(
        string path, IReadOnlyList<string> args, TimeSpan timeout, string? input = null, IReadOnlyList<string>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        var (outputRead, outputWrite) = Descriptor.Pipe();
        var (errorRead, errorWrite) = Descriptor.Pipe();
        var (inputRead, inputWrite) = input is null ? (null, null) : Descriptor.Pipe();
        using var output = new PipeDrain(outputRead);
        using var error = new PipeDrain(errorRead);
        using var feed = new PipeFeed(inputWrite, Encoding.UTF8.GetBytes(input ?? ""));

        int pid;
        using (outputWrite)
        using (errorWrite)
        using (inputRead)
        {
            pid = Spawn.Run(new(path, [path, .. args])
            {
                Environment = environment,
                Input = inputRead,
                Output = outputWrite,
                Error = errorWrite,
            });
        }

        using var process = Pidfd.Open(pid);
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        var events = new pollfd[4];
        while (true)
        {
            events[0] = new() { fd = process.Descriptor.Number, events = POLLIN };
            events[1] = new() { fd = output.Number, events = POLLIN };
            events[2] = new() { fd = error.Number, events = POLLIN };
            events[3] = new() { fd = feed.Number, events = POLLOUT };
            var ended = Polling.Wait(events, deadline - Environment.TickCount64) && events[0].revents != 0;

            // Whatever it wrote before its end is in the pipes by now; what its background children add is not its own.
            output.Read(events[1].revents != 0 || ended);
            error.Read(events[2].revents != 0 || ended);
            feed.Write(events[3].revents != 0);

            if (ended && Reaper.TryReap(pid, out var exit))
                return new(exit.ShellCode, output.Text, error.Text);
            if (Environment.TickCount64 < deadline)
                continue;

            Signals.Send(-pid, SIGKILL);
            Polling.WaitReadable(process.Descriptor, Timeout.Infinite);
            Reaper.TryReap(pid, out _);
            output.Read(true);
            error.Read(true);
            throw new TimeoutException(
                $"{path} {string.Join(' ', args)}: not done after {timeout.TotalSeconds:0.###} s, killed"
                + $"\noutput: {output.Text}\nerror: {error.Text}");
        }
    }

    /// <summary>Starts a program that goes on running; its lines are kept in memory.</summary>
    /// <inheritdoc cref="Run"/>
    public static RunningCommand Start(
        string path, IReadOnlyList<string> args, IReadOnlyList<string>? environment = null, string? workingFolder = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        return RunningCommand.Start(new(path, [path, .. args]) { Environment = environment, WorkingFolder = workingFolder });
    }
}
