using System.Reflection;

namespace Meduza.Image;

/// <summary>Of what is ours in the image: that of the sources which this tool, too, was built from.</summary>
public static class ImageVersion
{
    private static readonly string[] Parts =
        (typeof(ImageVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+');

    /// <summary>As in <c>0.1.0</c>.</summary>
    public static string Number => Parts[0];

    /// <summary>The commit; empty where the sources are in no repository.</summary>
    public static string Revision => Parts.Length > 1 ? Parts[1] : "";
}
