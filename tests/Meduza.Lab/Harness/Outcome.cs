using System.Text.Json;

namespace Meduza.Lab.Harness;

/// <summary>The JSON of <c>/updated/ID/commit</c>, read as a stranger reads it: by its field names alone.</summary>
public sealed record Outcome(
    long Revision, string Commit, string Result, IReadOnlyList<(string Key, string Message)> Errors, IReadOnlyList<string> Changed,
    double DurationMs, string Version)
{
    /// <summary>Null when the value is not such an object.</summary>
    public static Outcome? TryParse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new(
                root.GetProperty("revision").GetInt64(),
                root.GetProperty("commit").GetString()!,
                root.GetProperty("result").GetString()!,
                [.. root.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("key").GetString()!, e.GetProperty("message").GetString()!))],
                [.. root.GetProperty("changed").EnumerateArray().Select(c => c.GetString()!)],
                root.GetProperty("duration_ms").GetDouble(),
                root.GetProperty("version").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public override string ToString() =>
        $"{Result}, changed [{string.Join(", ", Changed)}] in {DurationMs:0.0} ms"
        + string.Concat(Errors.Select(e => $"\n  {e.Key}: {e.Message}"));
}
