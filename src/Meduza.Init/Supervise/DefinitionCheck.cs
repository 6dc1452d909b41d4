using System.Globalization;
using System.Net;
using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux.Process;
using Meduza.Linux.Sockets;

namespace Meduza.Init.Supervise;

/// <summary>
/// What a definition must be before PID 1 keeps it. Whoever sends one is root, so this guards against mistakes: a name
/// that leads out of the log folder, a relative program, a text that C would cut short.
/// </summary>
internal static class DefinitionCheck
{
    private const int LongestName = 128;
    private const int HighestSignal = 64;
    private const int HighestDescriptor = 1023;

    /// <summary>What is wrong, in one line; null when nothing is.</summary>
    public static string? Problem(ServiceDefinition definition)
    {
        if (!IsName(definition.Name))
            return $"\"{definition.Name}\" is no name of a service: letters, digits, '.', '_' and '-', at most {LongestName}";
        var service = $"service {definition.Name}";
        if (definition.Component is null)
            return $"{service}: its component is missing";
        if (definition.Command.IsDefaultOrEmpty || !Whole(definition.Command))
            return $"{service}: its command is missing, or holds a NUL";
        if (!definition.Command[0].StartsWith('/'))
            return $"{service}: its program must be an absolute path, not \"{definition.Command[0]}\"";
        if (!Whole(definition.Environment) || definition.Environment.Any(v => v.IndexOf('=', StringComparison.Ordinal) < 1))
            return $"{service}: its environment must be NAME=value";
        if (!Whole([definition.WorkingFolder]))
            return $"{service}: its working folder holds a NUL";
        if (definition.After.Any(name => name is null))
            return $"{service}: a name that it starts after is missing";
        if (definition.Requires.Any(name => !IsName(name)))
            return $"{service}: what it requires must be names of services";
        if (!Whole(definition.SecretFields) || definition.SecretFields.Any(string.IsNullOrEmpty))
            return $"{service}: a word that stands before its secrets is missing, or holds a NUL";
        if (definition.StartTimeoutMilliseconds < -1)
            return $"{service}: its start time-out must be milliseconds, or -1 for none";
        if (definition.Kind == ServiceKind.Oneshot && (definition.Readiness.Kind != ReadinessKind.Started || definition.ReloadSignal != 0))
            return $"{service}: a oneshot is ready when it has ended, so it has neither a sign of readiness nor a reload signal";
        if (definition.StopSignal is < 1 or > HighestSignal || definition.ReloadSignal is < 0 or > HighestSignal)
            return $"{service}: no such signal";
        if (definition.StopTimeoutMilliseconds < 0)
            return $"{service}: a negative limit for its stop";
        var problem = ReadinessProblem(definition.Readiness) ?? PrivilegesProblem(definition.Privileges) ?? LimitsProblem(definition.Limits) ?? HealthProblem(definition);
        return problem is not null ? $"{service}: {problem}" : null;
    }

    private static string? PrivilegesProblem(Privileges privileges)
    {
        if (!Whole([privileges.User ?? "", privileges.Group ?? "", .. privileges.Groups ?? []]))
            return "its user or a group of it is missing, or holds a NUL";
        foreach (var name in privileges.Capabilities ?? [])
        {
            if (!CapabilitySet.TryParse(name, out _))
                return $"there is no capability \"{name}\": capabilities(7) lists them";
        }
        return privileges.NetworkNamespace is { } path && (!path.StartsWith('/') || !Whole([path]))
            ? $"its network namespace must be an absolute path, not \"{path}\""
            : null;
    }

    private static string? LimitsProblem(Limits limits)
    {
        foreach (var limit in limits.Process)
        {
            if (!ResourceLimit.TryParse(limit?.Resource, out _))
                return $"there is no limit \"{limit?.Resource}\": prlimit(1) lists them";
            if (limit is { Soft: { } soft, Hard: { } hard } && soft > hard)
                return $"the soft limit {limit.Resource} is above the hard one";
        }
        return limits switch
        {
            { OomScore: < -1000 or > 1000 } => "its oom_score must be -1000 to 1000",
            { Nice: < -20 or > 19 } => "its nice must be -20 to 19",
            { Umask: < 0 or > 511 } => "its umask must be 0 to 511 (0777)",
            { MemoryMax: < 1 } or { MemoryHigh: < 1 } or { PidsMax: < 1 } => "a limit of memory or processes must be positive",
            { CpuWeight: < 1 or > 10_000 } => "its cpu_weight must be 1 to 10000",
            _ => null,
        };
    }

    private static string? HealthProblem(ServiceDefinition definition)
    {
        if (definition.Health is not { } check)
            return null;
        if (definition.Kind == ServiceKind.Oneshot)
            return "a oneshot has no health to be checked";
        if (check.Probe.Kind != ReadinessKind.Agent && !ReadinessProbes.CanLookFor(check.Probe.Kind))
            return $"its health cannot be checked by {check.Probe.Kind}: that is no sign that lasts";
        if (check.IntervalMilliseconds < 0 || check.TimeoutMilliseconds < 0 || check.FailureThreshold < 0 || check.SuccessThreshold < 0)
            return "its health check has a negative time or threshold";
        return ReadinessProblem(check.Probe);
    }

    private static string? ReadinessProblem(Readiness readiness)
    {
        if (readiness.Kind is ReadinessKind.Started or ReadinessKind.NotifySocket or ReadinessKind.Agent)
            return null;
        if (readiness.Kind == ReadinessKind.NotifyDescriptor)
        {
            return int.TryParse(readiness.Target, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 3 and <= HighestDescriptor
                ? null
                : $"its notification descriptor must be a number from 3 to {HighestDescriptor}, not \"{readiness.Target}\"";
        }
        if (readiness.Target.Length == 0 || !Whole([readiness.Target]))
            return "its readiness has no target";
        if (readiness.Kind is ReadinessKind.TcpPort or ReadinessKind.BoundTcpPort or ReadinessKind.BoundUdpPort && (!IPEndPoint.TryParse(readiness.Target, out var port) || port.Port == 0))
            return $"\"{readiness.Target}\" is no address and port";
        if (readiness.Kind == ReadinessKind.UnixSocket && System.Text.Encoding.UTF8.GetByteCount(readiness.Target) > StreamAddress.LongestPath)
            return $"the path of a socket has at most {StreamAddress.LongestPath} bytes";
        return null;
    }

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= LongestName } && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private static bool Whole(IEnumerable<string> texts) =>
        texts.All(text => text is not null && !text.Contains('\0', StringComparison.Ordinal));
}
