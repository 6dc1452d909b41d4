using System.Text;

namespace Meduza.Gateway.Render;

/// <summary>
/// TOML 1.0 (toml.io), as far as configurations need it: tables of text, flags and lists of text. Text is always a basic
/// string, so that nothing in it is structure; that it has no control character is <see cref="ConfigText"/>'s guard.
/// </summary>
internal sealed class TomlText
{
    private readonly ConfigText _text = new();

    public TomlText Comment(string text)
    {
        _text.Line($"# {text}");
        return this;
    }

    /// <summary>Begins a table; what follows is in it.</summary>
    /// <param name="name">A bare key.</param>
    public TomlText Table(string name)
    {
        _text.Line("").Line($"[{name}]");
        return this;
    }

    /// <summary>Begins one more table of a list of tables.</summary>
    /// <param name="name">A bare key.</param>
    public TomlText TableOfList(string name)
    {
        _text.Line("").Line($"[[{name}]]");
        return this;
    }

    /// <param name="key">A bare key.</param>
    /// <param name="value">Any text without a control character.</param>
    public TomlText Text(string key, string value)
    {
        _text.Line($"{key} = {Quote(value)}");
        return this;
    }

    public TomlText Flag(string key, bool value)
    {
        _text.Line($"{key} = {(value ? "true" : "false")}");
        return this;
    }

    public TomlText List(string key, IEnumerable<string> values)
    {
        _text.Line($"{key} = [{string.Join(", ", values.Select(Quote))}]");
        return this;
    }

    public override string ToString() => _text.ToString();

    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
