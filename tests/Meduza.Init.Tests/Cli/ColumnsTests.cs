using Meduza.Init.Cli;

namespace Meduza.Init.Tests.Cli;

public class ColumnsTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_nothing_trails()
    {
        var table = new Columns("A", "LONGER", "C");
        table.Add("wide cell", "x", "1");
        table.Add("y", "", "22");
        table.Add("z", "q", "");
        Assert.Equal(
            """
            A          LONGER  C
            wide cell  x       1
            y                  22
            z          q

            """, table.Text(colour: false));
    }

    [Fact]
    public void Column_without_anything_is_left_out()
    {
        var table = new Columns("A", "B", "C");
        table.Add("1", "", "2");
        Assert.Equal("A  C\n1  2\n", table.Text(colour: false));
    }

    [Fact]
    public void Table_without_rows_is_nothing() => Assert.Equal("", new Columns("A").Text(colour: true));

    [Fact]
    public void Colour_does_not_count_for_the_width()
    {
        var table = new Columns("A", "B");
        table.Add(new Cell("up", Tone.Good), "1");
        table.Add("down!", "2");
        Assert.Equal("\e[1mA\e[0m      \e[1mB\e[0m\n\e[32mup\e[0m     1\ndown!  2\n", table.Text(colour: true));
    }

    [Fact]
    public void What_a_terminal_would_obey_is_shown_instead()
    {
        var table = new Columns("A");
        table.Add("\e]0;owned\a\nline\u009b");
        Assert.Equal("A\n\\x1b]0;owned\\x07\\x0aline\\x9b\n", table.Text(colour: false));
    }
}
