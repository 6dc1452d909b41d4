using System.Runtime.InteropServices;

namespace Meduza.Lab.Harness;

/// <summary>
/// What this runner has made on the machine and must take away again, however it ends: each lab registers itself, and
/// a signal that ends the runner takes down those that are still there.
/// </summary>
public static class Live
{
    private static readonly Lock Gate = new();
    private static readonly List<IDisposable> Things = [];
    private static readonly List<PosixSignalRegistration> Registrations = [];
    private static bool closed;

    /// <summary>From now on a thing is taken down at an interrupt.</summary>
    /// <exception cref="LabException">An interrupt has come already: nothing may be made any more.</exception>
    public static void Add(IDisposable thing)
    {
        lock (Gate)
        {
            if (closed)
                throw new LabException("interrupted");
            Things.Add(thing);
        }
    }

    public static void Remove(IDisposable thing)
    {
        lock (Gate)
            Things.Remove(thing);
    }

    /// <summary>Makes SIGINT, SIGTERM and SIGHUP take everything down and end the runner with 128 and the signal's number.</summary>
    public static void TakeDownOnSignals()
    {
        foreach (var (signal, number) in new[] { (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15), (PosixSignal.SIGHUP, 1) })
        {
            Registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                TakeDown();
                Environment.Exit(128 + number);
            }));
        }
    }

    /// <summary>True once such a signal came.</summary>
    public static bool Interrupted
    {
        get
        {
            lock (Gate)
                return closed;
        }
    }

    /// <summary>
    /// Ends the runner with <paramref name="exitCode"/>, unless a signal is ending it: then what failed here failed because
    /// everything is being taken away, and the exit is the signal's.
    /// </summary>
    public static int End(int exitCode)
    {
        if (Interrupted)
            Thread.Sleep(Timeout.Infinite);
        return exitCode;
    }

    private static void TakeDown()
    {
        List<IDisposable> left;
        lock (Gate)
        {
            closed = true;
            left = [.. Things];
        }
        foreach (var thing in Enumerable.Reverse(left))
        {
            try
            {
                thing.Dispose();
            }
            catch (Exception e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }
}
