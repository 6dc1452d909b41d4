using System.Text;
using Meduza.Init.Supervise.Logs;
using Meduza.Linux;
using Tmds.Linux;

namespace Meduza.Init.Tests.Supervise.Logs;

/// <summary>Standard output that nobody reads, over a real pipe.</summary>
public sealed unsafe class ConsoleOutputTests : IDisposable
{
    private readonly Descriptor _read;
    private readonly Descriptor _write;

    public ConsoleOutputTests()
    {
        (_read, _write) = Descriptor.Pipe();
        _ = LibC.fcntl(_read.Number, LibC.F_SETFL, LibC.O_NONBLOCK);
    }

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }

    private string ReadAll()
    {
        var text = new StringBuilder();
        var buffer = new byte[65536];
        fixed (byte* bytes = buffer)
        {
            for (long length; (length = (long)LibC.read(_read.Number, bytes, 65536)) > 0;)
                text.Append(Encoding.UTF8.GetString(buffer, 0, (int)length));
        }
        return text.ToString();
    }

    private static void Line(ConsoleOutput console, string line)
    {
        console.Add("a: "u8, [], Encoding.UTF8.GetBytes(line));
        console.Flush();
    }

    [Fact]
    public void Lines_have_their_prefix()
    {
        using var console = new ConsoleOutput(_write.Number);

        Line(console, "one");

        Assert.Equal("a: one\n", ReadAll());
    }

    [Theory]
    [InlineData("<0>burns", "error: ", "burns")]
    [InlineData("<3>failed", "error: ", "failed")]
    [InlineData("<4>odd", "warning: ", "odd")]
    [InlineData("<6>told", "", "told")]
    [InlineData("<7>", "", "")]
    [InlineData("<8>no level", "", "<8>no level")]
    [InlineData("<34>not one of sd-daemon's", "", "<34>not one of sd-daemon's")]
    [InlineData("<3", "", "<3")]
    [InlineData("plain", "", "plain")]
    [InlineData(" <3>not at its start", "", " <3>not at its start")]
    [InlineData("", "", "")]
    public void Line_that_says_how_grave_it_is_has_the_word_for_it(string line, string word, string text)
    {
        var found = LineLevel.Word(Encoding.UTF8.GetBytes(line), out var rest);
        Assert.Equal((word, text), (Encoding.UTF8.GetString(found), Encoding.UTF8.GetString(rest)));
    }

    [Fact]
    public void Lines_beyond_the_room_are_dropped_and_counted_and_no_line_is_torn()
    {
        using var console = new ConsoleOutput(_write.Number);
        for (var i = 0; i < 3000; i++)
            Line(console, $"{i:0000} {new string('x', 93)}"); // far more than a pipe holds; this must return
        Assert.True(console.Dropped > 0);
        var first = ReadAll();
        var dropped = console.Dropped;
        Line(console, "after");

        var lines = (first + ReadAll()).TrimEnd('\n').Split('\n');
        Assert.All(lines[..^2], line => Assert.Equal(101, line.Length));
        Assert.Equal($"meduza-init: {dropped} lines not shown here, the output was not read", lines[^2]);
        Assert.Equal("a: after", lines[^1]);
        Assert.Equal(3000, lines.Length - 2 + dropped);
    }

    [Fact]
    public void The_output_of_others_stays_as_it_was()
    {
        using var console = new ConsoleOutput(_write.Number);
        Line(console, "one");

        Assert.Equal(0, LibC.fcntl(_write.Number, LibC.F_GETFL) & LibC.O_NONBLOCK);
    }

    [Fact]
    public void A_socket_that_nobody_reads_does_not_block_either()
    {
        var ends = stackalloc int[2];
        Assert.Equal(0, LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_STREAM, 0, ends));
        using var near = new Descriptor(ends[0]);
        using var far = new Descriptor(ends[1]);
        using var console = new ConsoleOutput(near.Number);

        for (var i = 0; i < 5000; i++)
            Line(console, new string('x', 1000));

        Assert.True(console.Dropped > 0);
    }
}
