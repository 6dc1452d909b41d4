using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>poll(2).</summary>
internal static unsafe class Polling
{
    /// <summary>Waits until one of them is ready.</summary>
    /// <param name="milliseconds">At most so long; -1 without end.</param>
    /// <returns>False when the time was over first.</returns>
    public static bool Wait(Tmds.Linux.pollfd[] events, long milliseconds)
    {
        fixed (Tmds.Linux.pollfd* first = events)
        {
            var limit = milliseconds == Timeout.Infinite ? -1 : (int)Math.Clamp(milliseconds, 0, int.MaxValue);
            var ready = Native.PollHeader.poll(first, (uint)events.Length, limit);
            if (ready < 0 && errno != EINTR)
                throw LinuxException.Last("poll", "");
            return ready > 0;
        }
    }

    /// <summary>Waits until one descriptor is readable or at its end.</summary>
    public static bool WaitReadable(Descriptor descriptor, long milliseconds) =>
        Wait([new() { fd = descriptor.Number, events = POLLIN }], milliseconds);
}
