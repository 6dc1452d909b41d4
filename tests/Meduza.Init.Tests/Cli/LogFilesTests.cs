using Meduza.Init.Cli;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public sealed class LogFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lines_written_since_memory_was_asked_are_not_taken_for_older_ones()
    {
        Write("out", "1", "2", "3", "4", "5");
        Assert.Equal(["1"], Older(10, ("out", "2"), ("out", "3")));
    }

    [Fact]
    public void Streams_are_told_apart()
    {
        Write("out", "a", "b");
        Write("err", "x", "y");
        Assert.Equal(["a", "x"], Older(10, ("out", "b"), ("err", "y")));
        Assert.Equal(["a", "b", "x"], Older(10, ("err", "y")));
    }

    [Fact]
    public void Files_that_are_not_there_have_no_lines() => Assert.Empty(Older(10, ("out", "x")));

    [Fact]
    public void Lines_that_only_memory_has_leave_the_file_as_it_is_counted()
    {
        Write("out", "1", "2", "3");
        Assert.Equal(["1"], Older(10, ("out", "other"), ("out", "lines")));
    }

    private void Write(string stream, params string[] lines) => File.WriteAllLines(Path.Combine(_folder, $"bgpd.{stream}.log"), lines);

    private IEnumerable<string> Older(int wanted, params (string Stream, string Text)[] inMemory) =>
        LogFiles.Older(_folder, "bgpd", [.. inMemory.Select(l => new LogLine("bgpd", l.Stream, 1, l.Text))], wanted).Select(l => l.Text);
}
