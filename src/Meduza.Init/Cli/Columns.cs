using System.Text;

namespace Meduza.Init.Cli;

/// <summary>A cell of a table.</summary>
internal readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>
/// A table: headings, then rows, each column as wide as its widest cell. A column in which no row has anything is left
/// out, so that the eye meets only what there is.
/// </summary>
internal sealed class Columns(params string[] headings)
{
    private const string Gap = "  ";

    private readonly List<Cell[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    /// <param name="cells">One for each heading.</param>
    public void Add(params Cell[] cells)
    {
        if (cells.Length != headings.Length)
            throw new ArgumentException($"{cells.Length} cells for {headings.Length} headings", nameof(cells));
        _rows.Add([.. cells.Select(c => c with { Text = Tones.Clean(c.Text) })]);
    }

    /// <summary>Its lines; none where it has no rows. Nothing trails: the last cell of a line is not padded.</summary>
    public string Text(bool colour)
    {
        var text = new StringBuilder();
        if (IsEmpty)
            return "";
        var shown = Enumerable.Range(0, headings.Length).Where(column => _rows.Any(row => row[column].Text.Length > 0)).ToArray();
        Cell[][] lines = [[.. headings.Select(h => new Cell(h, Tone.Heading))], .. _rows];
        var widths = headings.Select((_, column) => lines.Max(line => line[column].Text.Length)).ToArray();
        foreach (var line in lines)
        {
            var last = Array.FindLastIndex(shown, column => line[column].Text.Length > 0);
            for (var i = 0; i <= last; i++)
            {
                var cell = line[shown[i]];
                text.Append(Tones.Paint(cell.Text, cell.Tone, colour));
                if (i < last)
                    text.Append(' ', widths[shown[i]] - cell.Text.Length).Append(Gap);
            }
            text.Append('\n');
        }
        return text.ToString();
    }
}
