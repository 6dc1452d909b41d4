namespace Meduza.Init.Tests;

/// <summary>The sources that these tests were compiled from; the compiler has mapped their paths, so they are found from where the tests lie.</summary>
internal static class SourceFolder
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Meduza.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("the tests lie outside of the sources");
    }
}
