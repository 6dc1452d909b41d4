using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Process.Native;

/// <summary>&lt;signal.h&gt;, &lt;sys/signalfd.h&gt;. A sigset_t is 1,024 bits, of which the kernel knows 64.</summary>
internal static unsafe partial class SignalHeader
{
    [CName("sizeof(sigset_t) / 8")]
    public const int SigsetWords = 16;

    public const int SFD_NONBLOCK = 0x800;
    public const int SFD_CLOEXEC = 0x80000;

    /// <summary>struct signalfd_siginfo: 128 bytes, the signal's number first.</summary>
    [CName("sizeof(struct signalfd_siginfo)")]
    public const int SignalInfoSize = 128;

    [LibraryImport(LibC.Name)]
    public static partial int pthread_sigmask(int how, ulong* set, ulong* old);

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial int signalfd(int descriptor, ulong* mask, int flags);

    [LibraryImport(LibC.Name, SetLastError = true)]
    public static partial nint signal(int signal, nint handler);
}
