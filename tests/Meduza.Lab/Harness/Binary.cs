namespace Meduza.Lab.Harness;

/// <summary>Programs that were built before: named by the environment, or in <c>artifacts</c> of the tree that this was built in.</summary>
public static class Binary
{
    private static readonly Lazy<string> Init = new(() => Find("MEDUZA_INIT", "meduza-init", "./build.sh"));
    private static readonly Lazy<string> Double = new(() => Find("MEDUZA_DOUBLES", "meduza-doubles", "./build.sh doubles"));

    /// <summary>The native binary under test.</summary>
    /// <exception cref="LabException">There is none: <c>./build.sh</c> makes it.</exception>
    public static string Path => Init.Value;

    /// <summary>What stands in for programs that no archive has.</summary>
    /// <exception cref="LabException">There is none: <c>./build.sh doubles</c> makes it.</exception>
    public static string Doubles => Double.Value;

    private static string Find(string variable, string name, string maker)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new LabException($"{variable} names {named}, which is not there: run {maker}");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "artifacts", name);
            if (File.Exists(candidate))
                return candidate;
        }
        throw new LabException($"there is no artifacts/{name} above the tests: run {maker}");
    }
}
