using Meduza.Linux;
using Meduza.Linux.Events;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Processes;

/// <summary>
/// PID 1's end of the pipe into which a service writes a line when it is ready (s6's notification-fd). Only the process
/// and what it hands it down to can write there, so nobody's identity has to be looked at.
/// </summary>
internal sealed unsafe class NotifyPipe : IDisposable
{
    private const int MostPerTurn = 512;

    private readonly Descriptor _pipe;
    private readonly Watch _watch;
    private readonly Action<Notice> _noticed;

    /// <param name="pipe">Non-blocking; owned from now on.</param>
    /// <param name="noticed">Called for each line, or several at once.</param>
    public NotifyPipe(Descriptor pipe, EventLoop loop, Action<Notice> noticed)
    {
        (_pipe, _noticed) = (pipe, noticed);
        _watch = loop.Watch(pipe, Ready.Read, _ => Receive());
    }

    /// <summary>Of the pipe; null once it is closed.</summary>
    public int? Number => _pipe.Number < 0 ? null : _pipe.Number;

    public void Dispose()
    {
        _watch.Dispose();
        _pipe.Dispose();
    }

    private void Receive()
    {
        var buffer = stackalloc byte[MostPerTurn];
        var length = (long)read(_pipe.Number, buffer, MostPerTurn);
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (length <= 0)
            Dispose(); // it was closed, with or without a word: there is nothing more to come
        else if (new ReadOnlySpan<byte>(buffer, (int)length).Contains((byte)'\n'))
            _noticed(Notice.Ready);
    }
}
