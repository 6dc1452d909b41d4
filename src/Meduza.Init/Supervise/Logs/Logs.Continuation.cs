using Meduza.Init.Supervise.Continuation;
using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Logs;

/// <summary>The logs from one image of PID 1 to the next.</summary>
internal sealed partial class Logs
{
    /// <param name="withTails">True to keep the lines in memory too.</param>
    public KeptLogs Keep(bool withTails) => new()
    {
        Services = [.. _logs.Values.Select(log => log.Keep(withTails))],
        Own = withTails ? _own.Keep() : new(),
        OwnDropped = _ownFile.Dropped,
        OwnLost = _ownFile.Lost,
        ConsoleRest = console.Rest.ToArray(),
        ConsoleDropped = console.Dropped,
    };

    /// <summary>Takes the logs as they were kept; before anything is said.</summary>
    public void Resume(KeptLogs kept, InheritedDescriptors inherited)
    {
        console.Resume(kept.ConsoleRest, kept.ConsoleDropped);
        _own.Resume(kept.Own);
        _ownFile.Resume(kept.OwnDropped, kept.OwnLost);
        foreach (var log in kept.Services)
            Open(log.Name, new(Pipe(log.Output), Pipe(log.Error))).Resume(log);

        (Descriptor, Descriptor)? Pipe(KeptStream stream) =>
            inherited.Take(stream.Reader) is { } reader && inherited.Take(stream.Writer) is { } writer ? (reader, writer) : null;
    }
}
