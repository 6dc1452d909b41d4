using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Continuation;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Processes;

/// <summary>Starts the processes of services: the one thing that the state machine needs of the operating system.</summary>
internal interface IProcesses
{
    /// <summary>Starts a process.</summary>
    /// <param name="definition">What to execute.</param>
    /// <param name="executed">Called once, later, when the program itself runs; not at all when it could not be executed.</param>
    /// <param name="noticed">Called, later, with what the service says of itself, where its readiness is told that way.</param>
    /// <exception cref="Linux.LinuxException">There is no process: no memory, no descriptor, too many processes.</exception>
    IProcess Start(ServiceDefinition definition, Action executed, Action<Notice> noticed);

    /// <summary>A process that an earlier image of PID 1 started.</summary>
    /// <param name="executed">As for <see cref="Start"/>, where that is still to come.</param>
    /// <param name="noticed">As for <see cref="Start"/>.</param>
    IProcess Resume(ServiceDefinition definition, KeptProcess kept, Action executed, Action<Notice> noticed);
}

/// <summary>One process of a service, until it was collected.</summary>
internal interface IProcess
{
    int Pid { get; }

    /// <summary>What it and its children use now, where that is counted.</summary>
    MemoryUse Memory { get; }

    /// <summary>Sends it a signal; nothing happens when it has ended already. That it may not be sent one is told in the log.</summary>
    void Signal(int signal);

    /// <summary>True when the signal would not simply end it: it has a handler for it, or takes it otherwise.</summary>
    bool Takes(int signal);

    /// <summary>What the next image of PID 1 needs to go on with it.</summary>
    KeptProcess Keep();

    /// <summary>A probe for a sign of it that can be looked for, once its program was executed.</summary>
    IReadinessProbe Probe(Readiness sign);

    /// <summary>SIGKILL to it and to all that it left or may have left behind.</summary>
    void KillAll();

    /// <summary>It ended and was collected. Nothing else may be called afterwards.</summary>
    /// <returns>Why, in words: <c>exit 1</c>, or why its program was never executed.</returns>
    string Ended(Exit exit);
}

/// <summary>Looks, without waiting, whether a service shows a sign of readiness or health.</summary>
internal interface IReadinessProbe : IDisposable
{
    bool IsReady();
}

/// <summary>Memory of all processes of a service, in bytes; null where nothing counts it.</summary>
/// <param name="Current">Now.</param>
/// <param name="Peak">The most since the service was defined.</param>
internal readonly record struct MemoryUse(long? Current, long? Peak);
