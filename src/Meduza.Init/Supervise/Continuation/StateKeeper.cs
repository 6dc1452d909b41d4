using Meduza.Linux;
using Meduza.Linux.Events;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// Keeps the state for the next image current: it is written at the end of a turn in which something changed, and not
/// twice within <see cref="Pace"/>, so that a storm of changes costs what it costs and no more.
/// </summary>
internal sealed class StateKeeper
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly StateFile _file;
    private readonly Timers _timers;
    private readonly Func<KeptState> _gather;
    private readonly Action<string> _say;
    private readonly LoopTimer _due;
    private TimeSpan _last = TimeSpan.MinValue;
    private bool _failed;

    /// <param name="file">Where to.</param>
    /// <param name="timers">Of the loop.</param>
    /// <param name="gather">Gives the state of now.</param>
    /// <param name="say">Told once when it cannot be written, and once when it can again.</param>
    public StateKeeper(StateFile file, Timers timers, Func<KeptState> gather, Action<string> say)
    {
        (_file, _timers, _gather, _say) = (file, timers, gather, say);
        _due = timers.Create(Write);
    }

    /// <summary>Something changed that the next image must know.</summary>
    public void Changed()
    {
        if (_due.IsRunning)
            return;
        var now = _timers.Now;
        _due.StartAt(_last == TimeSpan.MinValue || _last + Pace < now ? now : _last + Pace);
    }

    private void Write()
    {
        _last = _timers.Now;
        try
        {
            _file.Write(_gather());
            if (_failed)
                _say("what a fault would need is kept again");
            _failed = false;
        }
        catch (LinuxException e)
        {
            if (!_failed)
                _say($"warning: what a fault would need cannot be kept: {e.Message}; trying again");
            _failed = true;
            _due.Start(Retry);
        }
    }
}
