using System.Runtime.CompilerServices;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// Faults of PID 1 on purpose, for tests that cannot bring them about from outside; asked for over the control socket by
/// the verb <c>fault</c>, and only where <c>MEDUZA_FAULTS</c> is set in the environment of PID 1.
/// </summary>
internal static class ProvokedFault
{
    public static bool IsAllowed { get; } = Environment.GetEnvironmentVariable("MEDUZA_FAULTS") is { Length: > 0 };

    /// <summary>Does not return.</summary>
    public static void Run(string kind)
    {
        switch (kind)
        {
            case "stack":
                Overflow(1);
                break;
            case "memory":
                Exhaust();
                break;
            case "thread":
                new Thread(() => throw new InvalidOperationException("on another thread, on purpose")).Start();
                Thread.Sleep(Timeout.Infinite);
                break;
            case "exit":
                Environment.Exit(3);
                break;
            case "abort":
                Environment.FailFast("on purpose");
                break;
        }
        throw new InvalidOperationException($"on purpose: {kind}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Overflow(long depth) => Overflow(depth + 1) + depth;

    /// <summary>Holds on to all of it, so that nothing is left for those who deal with the fault.</summary>
    private static void Exhaust()
    {
        var held = new List<byte[]>();
        for (var size = 64 << 20; size >= 16;)
        {
            try
            {
                held.Add(new byte[size]);
            }
            catch (OutOfMemoryException) when (size > 64)
            {
                size /= 2;
            }
        }
    }
}
