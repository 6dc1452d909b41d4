namespace Meduza.Gateway.Model.Values;

/// <summary>Addresses of what is downloaded.</summary>
internal static class WebAddress
{
    /// <summary>True for an <c>http</c> or <c>https</c> URL that a request can be made of as it is.</summary>
    public static bool Is(string text) =>
        IsPrintableAscii(text)
        && (text.StartsWith("http://", StringComparison.Ordinal) || text.StartsWith("https://", StringComparison.Ordinal))
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0;

    /// <summary>True for <c>file://</c> and a path below a folder, written without escapes.</summary>
    public static bool IsFileIn(string folder, string text)
    {
        var prefix = $"file://{folder}/";
        return text.StartsWith(prefix, StringComparison.Ordinal) && !text.Contains('%') && RelativePath.TryParse(text[prefix.Length..], out _);
    }

    private static bool IsPrintableAscii(string text)
    {
        foreach (var c in text)
        {
            if (c is <= ' ' or >= '\u007f' or '"' or '<' or '>' or '\\' or '`' or '{' or '}' or '|' or '^')
                return false;
        }
        return true;
    }
}
