using System.Collections.Immutable;
using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// All that PID 1 knows, as one of its images leaves it to the next. Moments are of the monotonic clock, which goes on;
/// descriptors keep their numbers. Absent fields have their defaults, unknown ones are passed over: only what neither
/// can express is another <see cref="Version"/>.
/// </summary>
internal sealed record KeptState
{
    public const int CurrentVersion = 1;

    public int Version { get; init; }

    /// <summary>Of the program that wrote it.</summary>
    public string Program { get; init => field = value ?? ""; } = "";

    public KeptHistory History { get; init => field = value ?? new(); } = new();
    public KeptLimits Limits { get; init => field = value ?? new(); } = new();

    /// <summary>In the order in which they were defined.</summary>
    public ImmutableArray<KeptService> Services { get; init => field = value.IsDefault ? [] : value; } = [];

    public KeptLogs Logs { get; init => field = value ?? new(); } = new();

    /// <summary>Null while no service needed it.</summary>
    public KeptNotifySocket? Notify { get; init; }

    public KeptControl Control { get; init => field = value ?? new(); } = new();

    /// <summary>Null while nobody has asked for the end.</summary>
    public KeptShutdown? Shutdown { get; init; }
}

/// <summary>What became of this PID 1 so far.</summary>
internal sealed record KeptHistory
{
    /// <summary>How often it went on in place, for whatever reason.</summary>
    public int Continued { get; init; }

    /// <summary>Of the last fault, in words; null for none.</summary>
    public string? FaultCause { get; init; }

    /// <summary>When that was: Unix time in milliseconds.</summary>
    public long FaultTime { get; init; }
}

/// <summary>See <see cref="Processes.ProcessLimits"/>: what was found once, and cannot be found again.</summary>
internal sealed record KeptLimits
{
    public int? ChildOpenFiles { get; init; }
    public bool OomScoreIsOurs { get; init; }
}

/// <summary>The control socket.</summary>
internal sealed record KeptControl
{
    /// <summary>Descriptor that listens; null where there is none.</summary>
    public int? Listener { get; init; }

    /// <summary>Number of the last reconcile that somebody asked for, and of the last that was done.</summary>
    public long Asked { get; init; }
    public long Done { get; init; }

    /// <summary>How that one ended; null for well.</summary>
    public string? Error { get; init; }

    /// <summary>Number of the last refresh that somebody asked for.</summary>
    public long RefreshAsked { get; init; }

    /// <summary>Number of the last that goes back to an applied commit, and that commit's.</summary>
    public long BackAsked { get; init; }
    public int BackTo { get; init; }

    public AgentReport? Report { get; init; }
}

/// <summary>The end, once it was asked for.</summary>
internal sealed record KeptShutdown
{
    /// <summary>True where the machine is to start anew.</summary>
    public bool RestartMachine { get; init; }

    /// <summary>When its limit is over.</summary>
    public TimeSpan Deadline { get; init; }

    /// <summary>True when the limit is over already, and this is the last one.</summary>
    public bool Killed { get; init; }
}

/// <summary>One service.</summary>
internal sealed record KeptService
{
    public required ServiceDefinition Definition { get; init; }

    /// <summary>That of the process, where it is another.</summary>
    public ServiceDefinition? Running { get; init; }

    public States.ServiceState State { get; init; }
    public bool Wanted { get; init; }
    public bool Removed { get; init; }
    public bool Unasked { get; init; }
    public int Serial { get; init; }
    public int Restarts { get; init; }
    public string? LastExit { get; init; }
    public string? WaitingFor { get; init; }

    /// <summary>Serials of those that the process requires.</summary>
    public ImmutableArray<int> StartedOn { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>True while its stop signal waits for others to end.</summary>
    public bool Held { get; init; }

    /// <summary>Why PID 1 ends a process that is wanted; null where it does not.</summary>
    public KeptFailure? Failure { get; init; }

    /// <summary>Timestamp of the clock.</summary>
    public long StartedAt { get; init; }

    public int QuickFailures { get; init; }

    /// <summary>When the next attempt is due.</summary>
    public TimeSpan? RetryAt { get; init; }

    /// <summary>When it must be ready.</summary>
    public TimeSpan? StartLimitAt { get; init; }

    /// <summary>When its readiness is looked at next.</summary>
    public TimeSpan? ProbeAt { get; init; }
    public TimeSpan ProbeDelay { get; init; }

    /// <summary>When it is killed.</summary>
    public TimeSpan? StopLimitAt { get; init; }

    /// <summary>Since when it is to reload, and when that is tried next.</summary>
    public TimeSpan? ReloadSince { get; init; }
    public TimeSpan? ReloadAt { get; init; }
    public TimeSpan ReloadDelay { get; init; }

    /// <summary>When its health is looked at next, by a check of its own.</summary>
    public TimeSpan? CheckAt { get; init; }

    /// <summary>Checks in a row that failed, and that succeeded.</summary>
    public int CheckFailures { get; init; }
    public int CheckSuccesses { get; init; }
    public bool Unhealthy { get; init; }
    public string? Complaint { get; init; }
    public string? StatusText { get; init; }

    /// <summary>Null while there is none.</summary>
    public KeptProcess? Process { get; init; }
}

/// <summary>Why a process is ended.</summary>
/// <param name="Why">In words; null when the exit says it all.</param>
/// <param name="IsQuick">True when it counts as a quick failure however long the process ran.</param>
internal sealed record KeptFailure(string? Why, bool IsQuick);

/// <summary>One process of a service.</summary>
internal sealed record KeptProcess
{
    public required int Pid { get; init; }

    /// <summary>Descriptor of the report of its exec stage; null once that is over.</summary>
    public int? Report { get; init; }

    /// <summary>What came out of it so far.</summary>
    public byte[] Reported { get; init => field = value ?? []; } = [];
    public bool StageDone { get; init; }
    public string? Failure { get; init; }

    /// <summary>Descriptor of the pipe into which it writes when it is ready; null where it has none.</summary>
    public int? Notify { get; init; }
}

/// <summary>The socket of sd_notify.</summary>
internal sealed record KeptNotifySocket
{
    /// <summary>Its abstract address, which the processes have in their environment.</summary>
    public required string Name { get; init; }
    public required int Descriptor { get; init; }
}
