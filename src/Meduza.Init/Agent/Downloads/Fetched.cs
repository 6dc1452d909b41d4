namespace Meduza.Init.Agent.Downloads;

/// <summary>What a fetch brought.</summary>
/// <param name="Content">Null where the copy that is there is still the newest.</param>
/// <param name="Validators">To ask with the next time.</param>
internal sealed record Fetched(byte[]? Content, Validators Validators);

/// <summary>What a server knows an answer by (RFC 9110, 8.8), as it wrote it.</summary>
/// <param name="ETag">Null where it said none.</param>
/// <param name="LastModified">Null where it said none.</param>
internal sealed record Validators(string? ETag, string? LastModified)
{
    /// <summary>In characters: they are kept, and sent back.</summary>
    private const int Longest = 256;

    public static Validators None { get; } = new(null, null);

    public static Validators Of(HttpResponseMessage response) => new(
        Header(response.Headers.NonValidated, "ETag"), Header(response.Content.Headers.NonValidated, "Last-Modified"));

    /// <summary>Asks for what is newer than the copy that these are of.</summary>
    public void Ask(HttpRequestMessage request)
    {
        if (ETag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ETag);
        if (LastModified is not null)
            request.Headers.TryAddWithoutValidation("If-Modified-Since", LastModified);
    }

    /// <summary>What tells one content from another byte by byte, for <c>If-Range</c> (RFC 9110, 13.1.5); null where nothing does.</summary>
    public string? Strong => ETag is null ? LastModified : ETag.StartsWith('"') ? ETag : null;

    // The parts of a header that came more than once are joined; a server that says two has said none.
    private static string? Header(System.Net.Http.Headers.HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out var values) && values.Count == 1 && values.ToString() is { Length: > 0 and <= Longest } value ? value : null;
}
