namespace Meduza.Linux.Tests.Events;

/// <summary>A monotonic clock that moves only when told to; its wall clock is of no use on purpose.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("the wall clock may jump: nothing may ask it");

    public void Advance(TimeSpan by) => _ticks += by.Ticks;
}
