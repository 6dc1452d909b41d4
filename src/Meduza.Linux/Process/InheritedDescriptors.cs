using System.Globalization;
using static Meduza.Linux.Process.Native.ExecHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// The descriptors that this image was executed with. Whoever knows what one is takes it; what nobody took is closed in
/// the end, so that an image leaves the next no more than it knows of. What the runtime opened before is close-on-exec,
/// and so not among them.
/// </summary>
public sealed class InheritedDescriptors : IDisposable
{
    private const int FirstOfAll = 3;
    private readonly HashSet<int> _left = [];

    /// <summary>Finds all that are open, but for the standard ones, and makes them close-on-exec.</summary>
    /// <exception cref="LinuxException">The kernel is too old.</exception>
    public InheritedDescriptors()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            var number = int.Parse(Path.GetFileName(entry.AsSpan()), CultureInfo.InvariantCulture);
            var flags = fcntl(number, F_GETFD);
            if (number >= FirstOfAll && flags >= 0 && (flags & FD_CLOEXEC) == 0)
                _left.Add(number);
        }
        if (close_range(FirstOfAll, uint.MaxValue, CLOSE_RANGE_CLOEXEC) != 0)
            throw LinuxException.Last("close_range", "");
    }

    /// <summary>Those that nobody took yet.</summary>
    public IReadOnlyCollection<int> Left => _left;

    /// <summary>Takes one.</summary>
    /// <returns>Null when it is not there, or was taken already.</returns>
    public Descriptor? Take(int number) => _left.Remove(number) ? new Descriptor(number) : null;

    /// <summary>Closes those that nobody took.</summary>
    public void Dispose()
    {
        foreach (var number in _left)
            new Descriptor(number).Dispose();
        _left.Clear();
    }
}
