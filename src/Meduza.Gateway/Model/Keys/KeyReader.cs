using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

/// <summary>
/// Reads the keys below one prefix (a node's, an instance's, the global ones) as what the key table says they are, and
/// reports those that are not. A bad value reads as if it were absent, so that one pass finds everything that is wrong.
/// </summary>
/// <param name="keys">Where the keys are.</param>
/// <param name="prefix">What the relative names of keys are appended to; ends with a slash.</param>
/// <param name="findings">Where to report.</param>
/// <param name="used">Collects the full keys that were asked for.</param>
internal sealed class KeyReader(KeySpace keys, string prefix, Findings findings, HashSet<string> used)
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>The same prefix, reporting elsewhere.</summary>
    public KeyReader ReportingTo(Findings other) => new(keys, prefix, other, used);

    /// <summary>The same prefix for a look that neither reports nor counts as use.</summary>
    public KeyReader Aside() => new(keys, prefix, new Findings(), []);

    /// <summary>The keys of one instance below this prefix: <c>Below("openvpn/office/")</c>.</summary>
    public KeyReader Below(string relative) => new(keys, prefix + relative, findings, used);

    public string Prefix => prefix;

    public Findings Findings => findings;

    public HashSet<string> Used => used;

    /// <summary>The keys below the prefix, sorted, with their values.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Keys => keys.Below(prefix);

    /// <summary>The names that stand directly after <paramref name="relative"/> and have keys below them, sorted.</summary>
    public IEnumerable<string> NamesBelow(string relative) => keys.NamesBelow(prefix + relative);

    /// <summary>The full key that <paramref name="key"/> stands for here.</summary>
    public string FullKey<T>(Key<T> key) => key.Name[0] == '/' ? key.Name : prefix + key.Name;

    public bool Has<T>(Key<T> key) => keys.TryGetValue(FullKey(key), out _);

    /// <summary>The value, or <paramref name="fallback"/> where there is none (or none that can be read).</summary>
    public T Get<T>(Key<T> key, T fallback) => TryGet(key, out var value) ? value : fallback;

    public ImmutableArray<T> List<T>(Key<ImmutableArray<T>> key) => Get(key, []);

    public T? OrNull<T>(Key<T> key) where T : struct => TryGet(key, out var value) ? value : null;

    public T? OrNothing<T>(Key<T> key) where T : class => TryGet(key, out var value) ? value : null;

    /// <summary>The value of a key that must be there: its absence is reported, with why it is needed.</summary>
    public bool Require<T>(Key<T> key, string because, [MaybeNullWhen(false)] out T value)
    {
        if (TryGet(key, out value))
            return true;
        if (!keys.TryGetValue(FullKey(key), out var bytes) || IsBlank(bytes.Span))
            findings.Error(FullKey(key), $"is missing: {because}; expected {key.Kind.Expected}");
        return false;
    }

    public bool TryGet<T>(Key<T> key, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        var fullKey = FullKey(key);
        used.Add(fullKey);
        return keys.TryGetValue(fullKey, out var bytes) && TryRead(fullKey, bytes.Span, key, out value);
    }

    /// <summary>The lines of a value, whatever they hold; none where it is absent or not text.</summary>
    public IEnumerable<string> TextLines<T>(Key<T> key) =>
        keys.TryGetValue(FullKey(key), out var bytes) ? Lines.Items(Encoding.UTF8.GetString(bytes.Span)) : [];

    /// <summary>Reads one value by its kind; shared with what has its values from elsewhere (a directive, a host record).</summary>
    internal bool TryRead<T>(string fullKey, ReadOnlySpan<byte> bytes, Key<T> key, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (!TryText(fullKey, bytes, key.Kind.Layout, key.Kind.Expected, out var text))
            return false;
        if (text.Length == 0)
        {
            if (key.Kind.Layout == ValueLayout.Line)
                ReportEmpty(fullKey, key);
            return false;
        }
        var reading = key.Kind.Read(text);
        if (!reading.Ok)
        {
            var found = key.IsSecret || key.Kind.Layout != ValueLayout.Line ? "" : $"found {Quoted.Of(text)}, ";
            var detail = reading.Error.Length > 0 ? $" ({reading.Error})" : "";
            findings.Error(fullKey, $"{found}expected {key.Kind.Expected}{detail}");
            return false;
        }
        if (reading.Warning is { } warning)
            findings.Warn(fullKey, warning);
        value = reading.Value!;
        return true;
    }

    /// <summary>
    /// Decodes a value and checks its layout: text without a character that could end a line, or a string, in any of the
    /// files that it may end up in. White space around it is dropped.
    /// </summary>
    internal bool TryText(
        string fullKey, ReadOnlySpan<byte> bytes, ValueLayout layout, string expected, [NotNullWhen(true)] out string? text)
    {
        text = null;
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            findings.Error(fullKey, $"is not UTF-8; expected {expected}");
            return false;
        }
        foreach (var c in text)
        {
            if (!Lines.IsControl(c) || (layout != ValueLayout.Line && c is '\n' or '\r' or '\t'))
                continue;
            var name = c is '\n' or '\r' ? "a line break" : c == '\0' ? "a NUL" : $"the control character U+{(int)c:X4}";
            findings.Error(fullKey, $"holds {name}; expected {expected}");
            text = null;
            return false;
        }
        text = layout == ValueLayout.Document ? text.TrimEnd() : text.Trim();
        return true;
    }

    private void ReportEmpty<T>(string fullKey, Key<T> key)
    {
        // A flag has no empty state; for anything else an empty value is how some tools say "not set".
        if (typeof(T) == typeof(bool))
            findings.Error(fullKey, $"is empty; expected {key.Kind.Expected}");
        else
            findings.Warn(fullKey, "is empty: read as if the key were not there");
    }

    private static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t\r\n"u8).IsEmpty;
}
