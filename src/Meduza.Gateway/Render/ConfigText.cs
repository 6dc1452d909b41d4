using System.Text;

namespace Meduza.Gateway.Render;

/// <summary>
/// Text of a configuration file, written line by line. The one place through which lines get into a file, and so the last
/// guard: no value can bring a line of its own, whatever a parser let through.
/// </summary>
internal sealed class ConfigText
{
    private readonly StringBuilder _text = new();

    /// <exception cref="InvalidOperationException">The line holds a control character: a parser failed to refuse a value.</exception>
    public ConfigText Line(string line)
    {
        foreach (var c in line)
        {
            if (char.IsControl(c))
                throw new InvalidOperationException("a control character reached a configuration line");
        }
        _text.Append(line).Append('\n');
        return this;
    }

    public ConfigText LineIf(bool condition, string line) => condition ? Line(line) : this;

    /// <summary>Text of several lines that is content by itself (PEM).</summary>
    public ConfigText Block(string lines)
    {
        foreach (var line in lines.TrimEnd('\n').Split('\n'))
            Line(line);
        return this;
    }

    public override string ToString() => _text.ToString();
}
