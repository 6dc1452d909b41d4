using System.Globalization;
using Meduza.Init.Supervise.Logs;
using Meduza.Linux;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// The pipes that a process writes into, where the state does not tell which they are: both ends are among what this
/// image inherited, and a pipe is known by its inode wherever it is open.
/// </summary>
internal static class FoundPipes
{
    public static ServicePipes Of(int pid, InheritedDescriptors inherited) => new(Take(pid, 1, inherited), Take(pid, 2, inherited));

    private static (Descriptor Read, Descriptor Write)? Take(int pid, int output, InheritedDescriptors inherited)
    {
        if (TargetOf($"/proc/{pid}/fd/{output}") is not { } pipe || !pipe.StartsWith("pipe:", StringComparison.Ordinal))
            return null;
        int? read = null;
        int? write = null;
        foreach (var number in inherited.Left)
        {
            if (TargetOf($"/proc/self/fd/{number.ToString(CultureInfo.InvariantCulture)}") != pipe)
                continue;
            var mode = fcntl(number, F_GETFL) & O_ACCMODE;
            if (mode == O_RDONLY)
                read = number;
            else if (mode == O_WRONLY)
                write = number;
        }
        return read is { } reader && write is { } writer ? (inherited.Take(reader)!, inherited.Take(writer)!) : null;
    }

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it ended
        }
    }
}
