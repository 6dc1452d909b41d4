using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// The first start of mihomo: it waits until its subscription and its geographical data have come or could not be had, so that it
/// begins with its rules; for <see cref="Longest"/> at most, as they may have to come through it. Nothing else waits for that,
/// and no commit. What runs is never stopped for it.
/// </summary>
internal sealed class ProxyStart(TimeProvider clock)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>A service that there never is: PID 1 waits for it as long as the definition names it, and says so.</summary>
    public const string Requirement = "mihomo-downloads";

    /// <summary>What it waits for, in words for an operator.</summary>
    public const string Words = "its first downloads (20 s at most)";

    private long? _since;
    private bool _isOver;

    public bool IsHeld { get; private set; }

    /// <summary>How long it may wait still; infinite where it does not.</summary>
    public TimeSpan Left => IsHeld && _since is { } since && Longest - clock.GetElapsedTime(since) is var left ? left > TimeSpan.Zero ? left : TimeSpan.Zero : Timeout.InfiniteTimeSpan;

    /// <summary>Looks whether it is to wait.</summary>
    /// <param name="isWanted">False where it is off: when it is on again that is a first start.</param>
    /// <param name="service">As PID 1 has it; null where it has none.</param>
    /// <param name="hasAll">True when nothing is on its way for the first time.</param>
    /// <returns>True when that is not as it was.</returns>
    public bool Judge(bool isWanted, ServiceStatus? service, bool hasAll)
    {
        var was = IsHeld;
        if (!isWanted)
        {
            (IsHeld, _since, _isOver) = (false, null, false);
            return was;
        }
        _since ??= clock.GetTimestamp();
        // One that an agent before this one let go has begun.
        _isOver |= hasAll || service?.Definition.Requires.Contains(Requirement) == false || clock.GetElapsedTime(_since.Value) >= Longest;
        IsHeld = !_isOver;
        return was != IsHeld;
    }

    /// <summary>What is to be at this moment.</summary>
    public DesiredState Now(DesiredState desired) => !IsHeld ? desired : desired with
    {
        Services = [.. desired.Services.Select(service => service.Name == TransparentProxy.Service ? service with { Requires = service.Requires.Add(Requirement) } : service)],
    };

    /// <summary>True for what is not up since this waits: no commit is to wait for it.</summary>
    public bool Excuses(ServiceStatus service) =>
        IsHeld && service.State == ServiceStates.Waiting && (service.Name == TransparentProxy.Service || service.Definition.Requires.Contains(TransparentProxy.Service));
}
