namespace Meduza.Lab.Harness;

/// <summary>The native binary under test: <c>MEDUZA_INIT</c>, or <c>artifacts/meduza-init</c> of the tree that this was built in.</summary>
public static class Binary
{
    /// <exception cref="LabException">There is none: <c>./build.sh</c> makes it.</exception>
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("MEDUZA_INIT") is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new LabException($"MEDUZA_INIT names {named}, which is not there: run ./build.sh");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "artifacts", "meduza-init");
            if (File.Exists(candidate))
                return candidate;
        }
        throw new LabException("there is no artifacts/meduza-init above the tests: run ./build.sh");
    }
}
