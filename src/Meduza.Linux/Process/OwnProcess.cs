using System.Runtime.InteropServices;
using static Meduza.Linux.Process.Native.ExecHeader;
using static Meduza.Linux.Process.Native.MachineHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>What this process is to the system.</summary>
public static unsafe class OwnProcess
{
    /// <summary>The name that ps(1) shows, at most 15 bytes (prctl(2)): of a binary executed by descriptor it would be a number.</summary>
    public static void SetName(string name)
    {
        fixed (byte* text = NativeText.Terminated(name))
            _ = prctl(PR_SET_NAME, (nuint)text, 0, 0, 0);
    }

    /// <summary>Makes orphans among this process's descendants its children, as they are of PID 1 (prctl(2)).</summary>
    /// <exception cref="LinuxException">The kernel does not know how.</exception>
    public static void AdoptOrphans()
    {
        if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
            throw LinuxException.Last("prctl", "PR_SET_CHILD_SUBREAPER");
    }

    /// <summary>Opens <c>/dev/null</c> (<c>/</c> where there is none) for each of 0, 1 and 2 that is closed: the next file opened would become it.</summary>
    public static void KeepStandardDescriptors()
    {
        fixed (byte* null_ = "/dev/null\0"u8, root = "/\0"u8)
        {
            for (var number = 0; number <= 2; number++)
            {
                if (fcntl(number, F_GETFD) < 0 && open(null_, O_RDWR) < 0)
                    _ = open(root, O_RDONLY);
            }
        }
    }

    /// <summary>Executes a program in this process (execve(2)); returns only when that failed.</summary>
    public static LinuxException Execute(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using var argv = new NativeTextArray(arguments);
        using var envp = new NativeTextArray(environment);
        fixed (byte* path = NativeText.Terminated(program))
            _ = execve(path, argv.Pointer, envp.Pointer);
        return LinuxException.Last("execve", program);
    }

    /// <summary>Sends a signal to every process that this one may signal, but not itself (kill(2) of -1). As PID 1 that is all of its namespace.</summary>
    /// <returns>False when there is none.</returns>
    public static bool SignalAllOthers(int signal) => kill(-1, signal) == 0 || Marshal.GetLastPInvokeError() != ESRCH;
}
