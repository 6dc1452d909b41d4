using System.Text;

namespace Meduza.Gateway.Tests;

/// <summary>Keys and certificates made for tests, and for nothing else.</summary>
internal static class Material
{
    public static string Of(string name)
    {
        using var stream = typeof(Material).Assembly.GetManifestResourceStream($"Material/{name}")
            ?? throw new ArgumentException($"no material {name}", nameof(name));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
