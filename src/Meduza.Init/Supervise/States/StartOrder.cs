namespace Meduza.Init.Supervise.States;

/// <summary>
/// What a waiting service waits for. <c>After</c> orders starts and no more than that, and nothing waits without end for
/// something that cannot come:
/// <code>
/// the service named is …                       it holds those after it
/// not defined, down (stopped), being removed   no
/// ready                                        no
/// failing                                      no: they may come up without it, as it may come up later
/// waiting, starting, stopping to come back,    yes
/// in its first backoffs
/// after the waiting one itself, by whatever    no: an edge of a circle counts for nobody
/// way round
/// </code>
/// </summary>
internal static class StartOrder
{
    /// <summary>The first service that <paramref name="service"/> must wait for; null when it may start.</summary>
    /// <param name="find">The service of a name, null when there is none.</param>
    public static Service? Blocker(Service service, Func<string, Service?> find)
    {
        foreach (var name in service.Definition.After)
        {
            if (find(name) is { } other && Holds(other) && !IsAfter(other, service.Name, find, []))
                return other;
        }
        return null;
    }

    /// <summary>True when <paramref name="service"/> starts after the one named, directly or by others in between.</summary>
    public static bool IsAfter(Service service, string name, Func<string, Service?> find) => IsAfter(service, name, find, []);

    private static bool Holds(Service service) =>
        service.Wanted && service.State is not (ServiceState.Ready or ServiceState.Failing or ServiceState.Down);

    private static bool IsAfter(Service service, string name, Func<string, Service?> find, HashSet<string> seen)
    {
        foreach (var after in service.Definition.After)
        {
            if (after == name)
                return true;
            if (seen.Add(after) && find(after) is { } next && IsAfter(next, name, find, seen))
                return true;
        }
        return false;
    }
}
