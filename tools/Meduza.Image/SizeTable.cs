using System.Globalization;
using Meduza.Image.Root;

namespace Meduza.Image;

/// <summary>How many bytes each component has unpacked, the largest first.</summary>
public static class SizeTable
{
    public static IReadOnlyList<(string Component, long Bytes)> Of(RootTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return
        [
            .. tree.Files.GroupBy(file => file.Origin.Component, (component, files) => (component, files.Sum(file => file.Size)))
                .OrderByDescending(part => part.Item2).ThenBy(part => part.component, StringComparer.Ordinal),
        ];
    }

    public static string Text(RootTree tree)
    {
        var parts = Of(tree);
        return string.Concat(parts.Append(("all", parts.Sum(part => part.Bytes)))
            .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Item1,-16} {part.Item2 / 1e6,7:F2} MB\n")));
    }
}
