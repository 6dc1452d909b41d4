using static Meduza.Linux.Process.Native.SystemCall;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// A process held by descriptor (pidfd_open(2)): it cannot come to mean another process after the pid was used again,
/// and it polls readable when the process has ended.
/// </summary>
public sealed class Pidfd : IDisposable
{
    private Pidfd(Descriptor descriptor) => Descriptor = descriptor;

    public Descriptor Descriptor { get; }

    /// <summary>Opens a process, alive or not yet collected.</summary>
    /// <exception cref="LinuxException">There is none (ESRCH), or no descriptor is left.</exception>
    public static Pidfd Open(int pid) => new(Descriptor.FromCall((int)syscall(SYS_pidfd_open, pid, 0, 0, 0), "pidfd_open", $"{pid}"));

    /// <summary>Sends a signal (pidfd_send_signal(2)).</summary>
    /// <returns>False when the process has ended.</returns>
    /// <exception cref="LinuxException">Not allowed, or no such signal.</exception>
    public bool Signal(int signal)
    {
        if (syscall(SYS_pidfd_send_signal, Descriptor.Number, signal, 0, 0) == 0)
            return true;
        return errno == ESRCH ? false : throw LinuxException.Last("pidfd_send_signal", $"{signal}");
    }

    public void Dispose() => Descriptor.Dispose();
}
