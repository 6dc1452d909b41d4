using Meduza.Init.Supervise.Boot;

namespace Meduza.Init.Cli;

/// <summary>
/// The settings of this node, as an operator's shell has them. Of the same name its own environment counts most, then
/// that of PID 1 where that is ours (a login has none of a container's variables), then what PID 1 itself reads on a
/// machine whose environment nobody sets.
/// </summary>
internal sealed class GivenEnvironment
{
    private readonly Lazy<Dictionary<string, string>> _elsewhere = new(Elsewhere);

    /// <returns>The value; null where nobody sets it.</returns>
    public string? Variable(string name) => Environment.GetEnvironmentVariable(name) ?? _elsewhere.Value.GetValueOrDefault(name);

    private static Dictionary<string, string> Elsewhere()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in OfPid1())
            settings.TryAdd(name, value);
        // PID 1 says in its log which lines it cannot take; here it would be in the way of what was asked for.
        foreach (var (name, value) in GivenSettings.Read(Roles.IsFirstPidNamespace, _ => { }))
            settings.TryAdd(name, value);
        return settings;
    }

    private static IEnumerable<KeyValuePair<string, string>> OfPid1()
    {
        string text;
        try
        {
            if (File.ReadAllText("/proc/1/comm").TrimEnd() != "meduza-init")
                return [];
            text = File.ReadAllText("/proc/1/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // no root, no /proc: then it is not there for us
        }
        return text.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2))
            .Where(variable => variable.Length == 2)
            .Select(variable => KeyValuePair.Create(variable[0], variable[1]));
    }
}
