using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Meduza.Lab.Harness;
using Meduza.Linux;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Bench.Supervision;

/// <summary>
/// The moments at which programs are executed, as inotify(7) tells of the opening of their files: before any code of
/// theirs runs, whoever executes them, and at the same small price for everybody.
/// </summary>
internal sealed unsafe partial class ExecWatch : IDisposable
{
    private const uint InOpen = 0x20;
    private readonly Descriptor _inotify;

    /// <param name="paths">The files; nobody opens them but to execute them.</param>
    public ExecWatch(IEnumerable<string> paths)
    {
        _inotify = Descriptor.FromCall(inotify_init1(O_NONBLOCK | O_CLOEXEC), "inotify_init1", "");
        foreach (var path in paths)
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            {
                if (inotify_add_watch(_inotify.Number, name, InOpen) < 0)
                    throw LinuxException.Last("inotify_add_watch", path);
            }
        }
    }

    /// <summary>Takes what has happened up to now.</summary>
    public void Forget()
    {
        while (Read() > 0)
        {
        }
    }

    /// <summary>Waits for executions of different programs (several of one, unread, would be told as one).</summary>
    /// <param name="count">How many.</param>
    /// <param name="since">A timestamp of <see cref="Stopwatch"/>.</param>
    /// <returns>Milliseconds from then to the last of them.</returns>
    /// <exception cref="LabException">They did not happen within a minute.</exception>
    public double Wait(int count, long since)
    {
        for (var seen = 0; ;)
        {
            seen += Read();
            if (seen >= count)
                return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
            pollfd ready = new() { fd = _inotify.Number, events = POLLIN };
            if (poll(&ready, 1, 60_000) == 0)
                throw new LabException(string.Create(CultureInfo.InvariantCulture, $"{seen} of {count} programs were executed within a minute"));
        }
    }

    public void Dispose() => _inotify.Dispose();

    /// <returns>How many events there were: of a watch on a file each is a bare header of 16 bytes.</returns>
    private int Read()
    {
        var buffer = stackalloc byte[4096];
        var length = (long)read(_inotify.Number, buffer, 4096);
        return length > 0 ? (int)(length / 16) : 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_add_watch(int descriptor, byte* path, uint mask);
}
