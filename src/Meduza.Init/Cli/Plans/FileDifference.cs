using System.Text;
using DiffPlex.Renderer;

namespace Meduza.Init.Cli.Plans;

/// <summary>How a file changes, for reading.</summary>
internal static class FileDifference
{
    private const int Context = 3;

    /// <summary>A unified diff, as <c>diff -u</c> and <c>patch</c> know it; null where the content stays.</summary>
    /// <param name="path">Absolute; it is named without its slash, below <c>a/</c> and <c>b/</c>.</param>
    /// <param name="before">Null where there is no file.</param>
    /// <param name="after">What it will hold.</param>
    public static string? Of(string path, ReadOnlyMemory<byte>? before, ReadOnlyMemory<byte> after)
    {
        if (before is { } there && there.Span.SequenceEqual(after.Span))
            return null;
        return UnidiffRenderer.GenerateUnidiff(
            Text(before ?? ReadOnlyMemory<byte>.Empty), Text(after), before is null ? "/dev/null" : $"a{path}", $"b{path}",
            ignoreWhitespace: false, contextLines: Context);
    }

    private static string Text(ReadOnlyMemory<byte> content) => Encoding.UTF8.GetString(content.Span);
}
