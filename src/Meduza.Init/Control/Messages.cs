using System.Collections.Immutable;
using Meduza.Gateway.Render;

namespace Meduza.Init.Control;

/// <summary>The words of the control socket. A frame is a 4-byte little-endian length and that many bytes of JSON.</summary>
internal static class Verbs
{
    /// <summary>All services with their states; the answer carries the agent's last report too.</summary>
    public const string Status = "status";

    /// <summary>Makes a service be as <see cref="ControlRequest.Definition"/> says. Answered as soon as it is under way.</summary>
    public const string Define = "define";

    /// <summary>Stops a service and forgets it. Answered when its process is gone.</summary>
    public const string Remove = "remove";

    public const string Start = "start";
    public const string Stop = "stop";
    public const string Restart = "restart";

    /// <summary>Has services read their files again, by their reload signals. Answered as soon as it is under way.</summary>
    public const string Reload = "reload";

    /// <summary>Lines in memory, then, with <see cref="ControlRequest.Follow"/>, each new one as it comes.</summary>
    public const string Logs = "logs";

    /// <summary>Asks the agent for a full reconcile; with <see cref="ControlRequest.Wait"/> answered when it is done.</summary>
    public const string Reconcile = "reconcile";

    /// <summary>
    /// Has the agent go back to the applied commit of <see cref="ControlRequest.Snapshot"/>; otherwise like <see cref="Reconcile"/>,
    /// with which it shares the numbers.
    /// </summary>
    public const string Rollback = "rollback";

    /// <summary>Has the agent fetch the subscription in use now. Answered when that is over, with <see cref="ControlReply.Text"/>.</summary>
    public const string Refresh = "refresh";

    /// <summary>
    /// Sent by the agent once: from then on this connection gets an <see cref="ControlReply.Event"/> frame for every
    /// service whose state changed and for every reconcile or refresh that somebody asks for.
    /// </summary>
    public const string Attach = "attach";

    /// <summary>Sent by the agent: what it knows, kept as it is and handed out with <see cref="Status"/>.</summary>
    public const string Report = "report";

    /// <summary>
    /// Sent by the agent: process <see cref="ControlRequest.Pid"/> of a service whose definition leaves that to the agent is
    /// ready, or (<see cref="ControlRequest.Ready"/> false) is not, for the reason of <see cref="ControlRequest.Error"/>.
    /// </summary>
    public const string Ready = "ready";

    /// <summary>Sent by the agent: the reconcile of event <see cref="ControlRequest.Reconcile"/> is over.</summary>
    public const string Reconciled = "reconciled";

    /// <summary>Sent by the agent: the refresh of event <see cref="ControlRequest.Reconcile"/> is over.</summary>
    public const string Refreshed = "refreshed";

    /// <summary>
    /// PID 1 goes on in place as the program at <see cref="ControlRequest.Program"/>, or as the one that it is. Answered
    /// just before, with <see cref="ControlReply.More"/>: then the connection ends, and who connects again finds the new
    /// image.
    /// </summary>
    public const string Upgrade = "upgrade";
}

/// <summary>One request. Fields that the verb does not use are absent.</summary>
internal sealed record ControlRequest
{
    /// <summary>Version of the protocol; a server that does not speak it says so.</summary>
    public int Version { get; init => field = value == 0 ? 1 : value; } = 1;

    /// <summary>Chosen by the client; every frame that answers carries it.</summary>
    public long Id { get; init; }

    public required string Verb { get; init; }
    public ServiceDefinition? Definition { get; init; }

    /// <summary>The services named; for <see cref="Verbs.Logs"/> none means all.</summary>
    public ImmutableArray<string> Services { get; init => field = value.IsDefault ? [] : value; } = [];

    public int? Lines { get; init; }
    public bool Follow { get; init; }

    /// <summary>With <see cref="Verbs.Logs"/>: only lines with a higher <see cref="LogLine.Number"/>.</summary>
    public long? After { get; init; }
    public bool Wait { get; init; }
    public int? TimeoutMilliseconds { get; init; }
    public AgentReport? Report { get; init; }
    public long Reconcile { get; init; }

    /// <summary>With <see cref="Verbs.Rollback"/>: the number of the applied commit to go back to.</summary>
    public int? Snapshot { get; init; }

    /// <summary>With <see cref="Verbs.Upgrade"/>: absolute path of the program; null for the one that runs.</summary>
    public string? Program { get; init; }

    /// <summary>With <see cref="Verbs.Reconciled"/>, <see cref="Verbs.Refreshed"/> and <see cref="Verbs.Ready"/>: why not; null when it is.</summary>
    public string? Error { get; init; }

    /// <summary>With <see cref="Verbs.Refreshed"/>: what came of it, in one line.</summary>
    public string? Text { get; init; }

    /// <summary>With <see cref="Verbs.Ready"/>: the process that is meant, so that word of one is never taken for the next.</summary>
    public int Pid { get; init; }

    public bool Ready { get; init; }
}

/// <summary>One frame of an answer, or an event (then <see cref="Id"/> is that of the attach).</summary>
internal sealed record ControlReply
{
    public long Id { get; init; }

    /// <summary>True while more frames of the same answer follow.</summary>
    public bool More { get; init; }

    /// <summary>One line for the operator: what failed, and what to do.</summary>
    public string? Error { get; init; }

    /// <summary>True when the answer is "not (yet) so" rather than a failure: exit code 3 of the command line.</summary>
    public bool NotYet { get; init; }

    /// <summary>What a refresh brought, in one line.</summary>
    public string? Text { get; init; }

    /// <summary>What a define did: <c>unchanged</c>, <c>started</c>, <c>restarted</c>, <c>reloaded</c>.</summary>
    public string? Action { get; init; }

    public ImmutableArray<ServiceStatus> Services { get; init => field = value.IsDefault ? [] : value; } = [];
    public ImmutableArray<LogLine> Lines { get; init => field = value.IsDefault ? [] : value; } = [];
    public AgentReport? Report { get; init; }

    /// <summary>PID 1 itself; with <see cref="Verbs.Status"/> and <see cref="Verbs.Upgrade"/>.</summary>
    public InitReport? Init { get; init; }

    /// <summary>
    /// <c>service</c> (then <see cref="Services"/> has it), <c>reconcile</c> or <c>refresh</c> (then <see cref="Reconcile"/> is its
    /// number) or <c>rollback</c> (then <see cref="Snapshot"/>, too).
    /// </summary>
    public string? Event { get; init; }

    public long Reconcile { get; init; }

    /// <summary>The number of the applied commit to go back to.</summary>
    public int? Snapshot { get; init; }
}

/// <summary>States of a service, as they appear in status and JSON.</summary>
internal static class ServiceStates
{
    public const string Down = "down";
    public const string Waiting = "waiting";
    public const string Starting = "starting";
    public const string Ready = "ready";

    /// <summary>A process that was ready and fails its health check.</summary>
    public const string Unhealthy = "unhealthy";

    /// <summary>A oneshot that did its work.</summary>
    public const string Completed = "completed";
    public const string Stopping = "stopping";
    public const string Backoff = "backoff";
    public const string Failing = "failing";

    /// <summary>Every one of them.</summary>
    public static ImmutableArray<string> All { get; } = [Down, Waiting, Starting, Ready, Unhealthy, Completed, Stopping, Backoff, Failing];

    /// <summary>True for the states in which a service is what it is wanted to be.</summary>
    public static bool IsUp(string state) => state is Ready or Completed;
}

/// <summary>One service as PID 1 sees it.</summary>
internal sealed record ServiceStatus
{
    public required string Name { get; init; }
    public required string Component { get; init; }
    public required string State { get; init; }

    /// <summary>0 while there is no process.</summary>
    public int Pid { get; init; }

    /// <summary>
    /// CLOCK_MONOTONIC in nanoseconds just before the process was spawned, 0 while there is none: whoever placed a file
    /// before that moment knows that the process reads it.
    /// </summary>
    public required long StartedAt { get; init; }

    /// <summary>Milliseconds since the process was started; 0 while there is none.</summary>
    public long UptimeMilliseconds { get; init; }

    /// <summary>Bytes that its processes use, children included; null where no cgroup counts them.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The most bytes that they used at once since the service was defined.</summary>
    public long? MemoryPeakBytes { get; init; }

    /// <summary>How often it was started again without being asked to.</summary>
    public int Restarts { get; init; }

    /// <summary><c>exit 1</c>, <c>signal 9 (SIGKILL)</c>, or why it could not be executed; null before the first exit.</summary>
    public string? LastExit { get; init; }

    /// <summary>What it waits for, in words; null when for nothing.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>Lines that are missing in its log files, since those could not be written (a full disk).</summary>
    public long LogLinesLost { get; init; }

    /// <summary>What it last said of itself; null when nothing.</summary>
    public string? StatusText { get; init; }

    /// <summary>The definition in force.</summary>
    public required ServiceDefinition Definition { get; init; }
}

/// <summary>PID 1 itself.</summary>
internal sealed record InitReport
{
    /// <summary>Of the program that runs.</summary>
    public required string Version { get; init; }

    /// <summary>CLOCK_MONOTONIC in nanoseconds at which this image of it began: another image has another.</summary>
    public required long ImageStartedAt { get; init; }

    /// <summary>How often it went on in place, for whatever reason.</summary>
    public int Continued { get; init; }

    /// <summary>How often that was because of a fault.</summary>
    public long Faults { get; init; }

    /// <summary>The last of them in words; null for none.</summary>
    public string? LastFault { get; init; }

    /// <summary>When that was: Unix time in milliseconds.</summary>
    public long LastFaultTime { get; init; }

    /// <summary>True where the program that was put in had a fault at its start, so that this is the one before.</summary>
    public bool WentBack { get; init; }
}

/// <summary>One line that a service wrote.</summary>
/// <param name="Service">Which service.</param>
/// <param name="Stream"><c>out</c> or <c>err</c>.</param>
/// <param name="Time">Unix time in milliseconds when PID 1 read it.</param>
/// <param name="Text">Without its line end; bytes that are not UTF-8 replaced.</param>
internal sealed record LogLine(string Service, string Stream, long Time, string Text)
{
    /// <summary>Goes up from line to line, over all services and all images of PID 1; 0 for a line from a file.</summary>
    public long Number { get; init; }
}
