using static Meduza.Linux.Process.Native.SignalHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>Signals of this process: its mask, its dispositions, and those of others (signal(7)).</summary>
public static unsafe class Signals
{
    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU",
        "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>
    /// Every signal that may be blocked in this process: all but those that a fault raises, those that cannot be
    /// blocked, and the real-time ones, which libc and the .NET runtime (suspending its threads) use among themselves.
    /// </summary>
    public static ulong Blockable { get; } =
        (1UL << 31) - 1 & ~(Bit(SIGILL) | Bit(SIGTRAP) | Bit(SIGABRT) | Bit(SIGBUS) | Bit(SIGFPE) | Bit(SIGSEGV) | Bit(SIGSYS)
            | Bit(SIGKILL) | Bit(SIGSTOP));

    /// <summary>The bit of a signal in a mask, as in <c>SigBlk</c> of <c>/proc/PID/status</c>.</summary>
    public static ulong Bit(int signal) => 1UL << (signal - 1);

    /// <summary><c>SIGTERM</c>; <c>SIGRT40</c> for the real-time ones.</summary>
    public static string Name(int signal) => signal > 0 && signal < Names.Length ? Names[signal] : $"SIGRT{signal}";

    /// <summary>The mask of the calling thread.</summary>
    public static ulong Blocked()
    {
        var old = stackalloc ulong[SigsetWords];
        Check(pthread_sigmask(SIG_BLOCK, null, old), "pthread_sigmask");
        return old[0];
    }

    /// <summary>Replaces the mask of the calling thread; what it executes or spawns by fork inherits it.</summary>
    public static void SetBlocked(ulong mask)
    {
        var set = stackalloc ulong[SigsetWords];
        new Span<ulong>(set, SigsetWords).Clear();
        set[0] = mask;
        Check(pthread_sigmask(SIG_SETMASK, set, null), "pthread_sigmask");
    }

    /// <summary>SIG_DFL for one signal. An inherited SIG_IGN of SIGCHLD would make the kernel discard exit statuses.</summary>
    /// <exception cref="LinuxException">It cannot be changed.</exception>
    public static void Reset(int number)
    {
        if (signal(number, 0) == -1)
            throw LinuxException.Last("signal", Name(number));
    }

    /// <summary>Sends a signal to a process, or to a whole group when <paramref name="pid"/> is negative (kill(2)).</summary>
    /// <returns>False when there is no such process.</returns>
    /// <exception cref="LinuxException">Not allowed, or no such signal.</exception>
    public static bool Send(int pid, int signal)
    {
        if (kill(pid, signal) == 0)
            return true;
        return errno == ESRCH ? false : throw LinuxException.Last("kill", $"{pid}");
    }

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new LinuxException(call, "", error);
    }
}

/// <summary>Blocked signals read as data (signalfd(2)).</summary>
public sealed unsafe class SignalReader : IDisposable
{
    /// <summary>Signals in <paramref name="mask"/>, which must be blocked in every thread.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public SignalReader(ulong mask)
    {
        var set = stackalloc ulong[SigsetWords];
        new Span<ulong>(set, SigsetWords).Clear();
        set[0] = mask;
        Descriptor = Descriptor.FromCall(signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd", "");
    }

    /// <summary>Readable while a signal is pending; never blocks.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>Takes one pending signal.</summary>
    /// <returns>False when none is pending.</returns>
    public bool TryRead(out int signal)
    {
        var info = stackalloc byte[SignalInfoSize];
        var length = (long)read(Descriptor.Number, info, SignalInfoSize);
        signal = length == SignalInfoSize ? *(int*)info : 0;
        return signal != 0;
    }

    public void Dispose() => Descriptor.Dispose();
}
