using System.Collections.Immutable;

namespace Meduza.Gateway.Render;

/// <summary>What a service's process is.</summary>
public enum ServiceKind
{
    /// <summary>It runs until it is stopped.</summary>
    Daemon,

    /// <summary>It does its work and ends: exit status 0 is its readiness, any other end its failure.</summary>
    Oneshot,
}

/// <summary>What becomes of a service when one that it requires crashes or is restarted. When that one is stopped for good, it is stopped first in any case.</summary>
public enum RequiredRestart
{
    /// <summary>It is stopped, and starts anew when the other is up again.</summary>
    Restart,

    /// <summary>It goes on, as one that finds its way back by itself; status and events tell that it is without the other.</summary>
    Tell,
}

/// <summary>
/// One supervised program, as data: what to execute, under which identity, after what, and how its readiness shows.
/// PID 1 keeps these and compares a new one with the one that it has: an equal one changes nothing, another
/// <see cref="ReloadRevision"/> is a <see cref="ReloadSignal"/>, another <see cref="Health"/> is how it is looked at from then
/// on, any other difference is a restart. So whoever
/// sends definitions needs no memory of what it sent before.
/// </summary>
/// <remarks>
/// It crosses the control socket as JSON, and a deserializer sets an absent field to null or zero: the accessors turn
/// that into the default, so that a definition cannot lack anything.
/// </remarks>
public sealed record ServiceDefinition
{
    /// <summary>Unique; also the name of the log files, so <c>[A-Za-z0-9][A-Za-z0-9._-]*</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The part of the gateway that it belongs to, as in status and commit results: <c>frr</c>, <c>openvpn/office</c>.</summary>
    public required string Component { get; init; }

    public ServiceKind Kind { get; init; }

    /// <summary>argv; the first is the absolute path of the program.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary><c>NAME=value</c> pairs beyond the default <c>PATH</c>.</summary>
    public ImmutableArray<string> Environment { get; init => field = value.IsDefault ? [] : value; } = [];

    public string WorkingFolder { get; init => field = value ?? "/"; } = "/";

    /// <summary>Who its process is, and what it may do.</summary>
    public Privileges Privileges { get; init => field = value ?? new(); } = new();

    /// <summary>How much it may take.</summary>
    public Limits Limits { get; init => field = value ?? new(); } = new();

    /// <summary>Names of services that must be up before it starts and as long as it runs. A name that is not defined is waited for.</summary>
    public ImmutableArray<string> Requires { get; init => field = value.IsDefault ? [] : value; } = [];

    public RequiredRestart WhenRequiredRestarts { get; init; }

    /// <summary>Names of services that start first. A name that is not defined is not waited for.</summary>
    public ImmutableArray<string> After { get; init => field = value.IsDefault ? [] : value; } = [];

    public Readiness Readiness { get; init => field = value ?? Readiness.Started; } = Readiness.Started;

    /// <summary>How it is looked at when it is ready; null is not at all.</summary>
    public HealthCheck? Health { get; init; }

    /// <summary>
    /// Milliseconds from its spawn to its readiness (a oneshot's end), then it is stopped, which counts as a quick failure
    /// (60,000); -1 is no limit.
    /// </summary>
    public int StartTimeoutMilliseconds { get; init => field = value == 0 ? 60_000 : value; } = 60_000;

    /// <summary>Signal that asks it to stop (15, SIGTERM).</summary>
    public int StopSignal { get; init => field = value == 0 ? 15 : value; } = 15;

    /// <summary>Milliseconds from the stop signal to SIGKILL.</summary>
    public int StopTimeoutMilliseconds { get; init => field = value == 0 ? 10_000 : value; } = 10_000;

    /// <summary>Signal that makes it read its files again; 0 where it has none.</summary>
    public int ReloadSignal { get; init; }

    /// <summary>Fingerprint of all that it reads only at start. A service that runs with another one is restarted.</summary>
    public string Revision { get; init => field = value ?? ""; } = "";

    /// <summary>Fingerprint of all that it reads again on <see cref="ReloadSignal"/>.</summary>
    public string ReloadRevision { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// Words that stand before secrets in what it writes (<c>network_secret</c>): its log has no line beyond one. The secrets
    /// themselves need not be known for that, nor told to whoever keeps the log.
    /// </summary>
    public ImmutableArray<string> SecretFields { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>True when it requires the service named, or starts after it.</summary>
    public bool DependsOn(string name) => Requires.Contains(name) || After.Contains(name);

    /// <summary>True when a process started from <paramref name="other"/> is what this one asks for, reloads and checks aside.</summary>
    public bool SameProcessAs(ServiceDefinition other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Name == other.Name
            && Component == other.Component
            && Kind == other.Kind
            && Command.SequenceEqual(other.Command)
            && Environment.SequenceEqual(other.Environment)
            && WorkingFolder == other.WorkingFolder
            && Privileges == other.Privileges
            && Limits == other.Limits
            && Requires.SequenceEqual(other.Requires)
            && WhenRequiredRestarts == other.WhenRequiredRestarts
            && After.SequenceEqual(other.After)
            && Readiness == other.Readiness
            && StartTimeoutMilliseconds == other.StartTimeoutMilliseconds
            && StopSignal == other.StopSignal
            && StopTimeoutMilliseconds == other.StopTimeoutMilliseconds
            && ReloadSignal == other.ReloadSignal
            && Revision == other.Revision
            && SecretFields.SequenceEqual(other.SecretFields);
    }
}
