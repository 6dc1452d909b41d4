namespace Meduza.Init.Supervise.States;

/// <summary>
/// What a waiting service waits for. <c>Requires</c> holds it until all named are up, as long as that takes.
/// <c>After</c> orders starts and no more than that, and nothing waits without end for something that cannot come:
/// <code>
/// the service named is …                       it holds those after it
/// not defined, down (stopped), being removed   no
/// up, unhealthy                                no
/// failing                                      no: they may come up without it, as it may come up later
/// starting, stopping to come back,             yes
/// in its first backoffs
/// waiting                                      yes, unless it requires what is not on its way
/// dependent on the waiting one itself, by      no: an edge of a circle counts for nobody
/// whatever way round
/// </code>
/// </summary>
internal static class StartOrder
{
    /// <summary>What <paramref name="service"/> must wait for, in words; null when it may start.</summary>
    /// <param name="find">The service of a name, null when there is none.</param>
    public static string? Blocker(Service service, Func<string, Service?> find)
    {
        foreach (var name in service.Definition.Requires)
        {
            var required = find(name);
            if (required is not { IsUp: true, Wanted: true })
                return Service.Words(name, required);
        }
        foreach (var name in service.Definition.After)
        {
            if (find(name) is { } other && Holds(other, find) && !IsAfter(other, service.Name, find))
                return Service.Words(name, other);
        }
        return null;
    }

    /// <summary>True when <paramref name="service"/> depends on the one named (requires it, starts after it), directly or by others in between.</summary>
    public static bool IsAfter(Service service, string name, Func<string, Service?> find) =>
        (service.Definition.Requires.Length > 0 || service.Definition.After.Length > 0) && IsAfter(service, name, find, []);

    private static bool Holds(Service service, Func<string, Service?> find) => service.Wanted && service.State switch
    {
        ServiceState.Starting or ServiceState.Stopping or ServiceState.Backoff => true,
        ServiceState.Waiting => IsOnItsWay(service, find),
        _ => false,
    };

    /// <summary>Circles of <c>Requires</c> are refused, so this ends.</summary>
    private static bool IsOnItsWay(Service service, Func<string, Service?> find)
    {
        foreach (var name in service.Definition.Requires)
        {
            if (find(name) is not { } required || !(required.IsUp || Holds(required, find)))
                return false;
        }
        return true;
    }

    private static bool IsAfter(Service service, string name, Func<string, Service?> find, HashSet<string> seen)
    {
        if (service.Definition.DependsOn(name))
            return true;
        foreach (var next in service.Definition.Requires.AsSpan())
        {
            if (seen.Add(next) && find(next) is { } other && IsAfter(other, name, find, seen))
                return true;
        }
        foreach (var next in service.Definition.After.AsSpan())
        {
            if (seen.Add(next) && find(next) is { } other && IsAfter(other, name, find, seen))
                return true;
        }
        return false;
    }
}
