using System.Text;
using CsCheck;
using Meduza.Init.Supervise.Logs;

namespace Meduza.Init.Tests.Supervise.Logs;

public sealed class LineAssemblerTests
{
    private static List<string> Lines(IEnumerable<byte[]> pieces)
    {
        var lines = new List<string>();
        var assembler = new LineAssembler();
        foreach (var piece in pieces)
            assembler.Feed(piece, line => lines.Add(Encoding.UTF8.GetString(line)));
        assembler.Finish(line => lines.Add(Encoding.UTF8.GetString(line)));
        return lines;
    }

    [Fact]
    public void Lines_come_out_whole_however_the_bytes_are_cut() =>
        Gen.Select(Gen.String[Gen.Char["ab\n"], 0, 200], Gen.Int[1, 50]).Sample((text, piece) =>
        {
            var lines = Lines(Encoding.UTF8.GetBytes(text).Chunk(piece));

            var expected = text.Split('\n').ToList();
            if (expected[^1].Length == 0)
                expected.RemoveAt(expected.Count - 1);
            Assert.Equal(expected, lines);
        });

    [Fact]
    public void A_line_without_end_comes_out_in_pieces_and_none_of_it_is_lost()
    {
        var line = new string('x', 3 * LineAssembler.LongestLine + 5);

        var lines = Lines(Encoding.UTF8.GetBytes(line + "\nnext\n").Chunk(1000));

        Assert.Equal([8192, 8192, 8192, 5, 4], lines.Select(l => l.Length));
    }

    [Fact]
    public void A_line_of_exactly_the_longest_length_is_one_line()
    {
        var line = new string('x', LineAssembler.LongestLine);

        Assert.Equal([line, "y"], Lines([Encoding.UTF8.GetBytes(line + "\ny\n")]));
    }

    [Fact]
    public void An_empty_line_is_a_line() => Assert.Equal(["", "", "a"], Lines([.. "\n\na\n"u8.ToArray().Chunk(1)]));
}
