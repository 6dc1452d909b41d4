using Meduza.Gateway.Render;

namespace Meduza.Init.Supervise.States;

/// <summary>Services that require each other in a circle could never start: the definition that would close one is refused.</summary>
internal static class RequirementCircle
{
    /// <summary>The circle in words, <c>a → b → a</c>; null when there is none.</summary>
    /// <param name="definition">The one that would be added.</param>
    /// <param name="find">The service of a name, null when there is none.</param>
    public static string? Find(ServiceDefinition definition, Func<string, Service?> find)
    {
        List<string> way = [definition.Name];
        HashSet<string> seen = [];
        return Reaches(definition) ? string.Join(" → ", way) : null;

        bool Reaches(ServiceDefinition from)
        {
            foreach (var name in from.Requires)
            {
                way.Add(name);
                if (name == definition.Name || (seen.Add(name) && find(name) is { } next && Reaches(next.Definition)))
                    return true;
                way.RemoveAt(way.Count - 1);
            }
            return false;
        }
    }
}
