namespace Meduza.Init.Tests.Supervise;

/// <summary>A monotonic clock that moves only when told to; whoever asks for the wall clock, which may jump, fails.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks = TimeSpan.FromHours(1).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("supervision knows monotonic time only");

    public void Advance(TimeSpan by) => _ticks += by.Ticks;
}
