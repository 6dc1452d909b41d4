using Meduza.Init.Control;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>PID 1 as one that goes on in place, for the control socket.</summary>
internal interface IContinuity
{
    InitReport Report { get; }

    /// <summary>Goes on as another program, or as this one.</summary>
    /// <param name="program">Absolute path; null for the program that runs.</param>
    /// <param name="refused">Told, now or later, why not.</param>
    /// <param name="going">Told just before.</param>
    void GoOnAs(string? program, Action<string> refused, Action going);

    /// <summary>Has a fault at the end of this turn, see <see cref="ProvokedFault"/>.</summary>
    void Provoke(string fault);
}
