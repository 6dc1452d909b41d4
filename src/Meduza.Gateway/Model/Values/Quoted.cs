using System.Globalization;
using System.Text;

namespace Meduza.Gateway.Model.Values;

/// <summary>Shows a value in a message: in quotes, shortened, and with nothing in it that could disturb a terminal or a log.</summary>
public static class Quoted
{
    private const int Longest = 60;

    public static string Of(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = new StringBuilder("\"");
        foreach (var c in value.Length > Longest ? value.AsSpan(0, Longest) : value)
        {
            text.Append(c switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\0' => "\\0",
                '"' or '\\' => $"\\{c}",
                _ when Lines.IsControl(c) || char.IsSurrogate(c) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }
        return text.Append(value.Length > Longest ? "…\"" : "\"").ToString();
    }
}
