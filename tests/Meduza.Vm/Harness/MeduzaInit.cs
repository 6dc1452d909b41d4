namespace Meduza.Vm.Harness;

/// <summary>The binary that is shipped.</summary>
internal static class MeduzaInit
{
    /// <summary>What <c>MEDUZA_INIT</c> names, otherwise the one that <c>./build.sh</c> has left above the tests.</summary>
    public static string Path
    {
        get
        {
            if (Environment.GetEnvironmentVariable("MEDUZA_INIT") is { Length: > 0 } named)
                return named;
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                var candidate = System.IO.Path.Combine(folder.FullName, "artifacts", "meduza-init");
                if (File.Exists(candidate))
                    return candidate;
            }
            throw new InvalidOperationException("there is no artifacts/meduza-init above the tests: run ./build.sh");
        }
    }
}
