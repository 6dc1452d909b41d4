using System.Text;
using Meduza.Init.Supervise.Logs;

namespace Meduza.Init.Tests.Supervise.Logs;

public sealed class LogFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-").FullName;
    private readonly string _path;
    private readonly LogFile _file;

    public LogFileTests() => (_path, _file) = (Path.Combine(_folder, "a.out.log"), new(Path.Combine(_folder, "a.out.log")));

    public void Dispose()
    {
        _file.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Write(string text) => _file.Write(Encoding.UTF8.GetBytes(text), text.Count(c => c == '\n'));

    [Fact]
    public void Lines_are_appended_to_what_was_there()
    {
        File.WriteAllText(_path, "before\n");

        Write("one\ntwo\n");

        Assert.Equal("before\none\ntwo\n", File.ReadAllText(_path));
    }

    [Fact]
    public void A_full_file_moves_away_and_only_two_old_ones_are_kept()
    {
        var megabyte = new string('x', 999_999) + "\n";
        for (var i = 0; i < 21; i++)
            Write(megabyte);

        Assert.Equal(["a.out.log", "a.out.log.1", "a.out.log.2"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Equal(5_000_000, new FileInfo(_path + ".1").Length);
        Assert.Equal(5_000_000, new FileInfo(_path + ".2").Length);
        Assert.Equal(1_000_000, new FileInfo(_path).Length);
    }

    [Fact]
    public void A_file_that_somebody_moved_away_is_left_once_it_was_closed()
    {
        Write("one\n");
        File.Move(_path, _path + ".old");
        Write("two\n");
        _file.Close();
        Write("three\n");

        Assert.Equal("one\ntwo\n", File.ReadAllText(_path + ".old"));
        Assert.Equal("three\n", File.ReadAllText(_path));
    }

    [Fact]
    public void What_cannot_be_written_is_counted_and_the_count_is_written_when_it_can()
    {
        Directory.CreateDirectory(_path); // nobody writes a log into a folder
        Write("one\ntwo\n");
        Write("three\n");
        Assert.Equal(3, _file.Dropped);

        Directory.Delete(_path);
        for (var end = Environment.TickCount64 + 30_000; _file.Dropped > 0 && Environment.TickCount64 < end; Thread.Sleep(10))
            Write("four\n");

        var lines = File.ReadAllLines(_path);
        Assert.Matches(@"^\[meduza-init: \d+ lines lost here", lines[0]);
        Assert.Equal("four", lines[1]);
    }

    [Fact]
    public void What_is_lost_is_told_once_and_so_is_its_end()
    {
        Directory.CreateDirectory(_path);
        Write("one\n");
        Assert.Matches("^warning: .*a.out.log", _file.TakeNews());
        Write("two\n");
        Assert.Null(_file.TakeNews());

        Directory.Delete(_path);
        for (var end = Environment.TickCount64 + 30_000; _file.Dropped > 0 && Environment.TickCount64 < end; Thread.Sleep(10))
            Write("three\n");

        Assert.Equal($"{_path} is written again, {_file.Lost} lines are missing in it", _file.TakeNews());
        Assert.Null(_file.TakeNews());
    }

    [Fact]
    public void A_line_that_did_not_fit_is_not_in_the_file_in_part()
    {
        using var disk = SmallDisk.Mount(_folder, "64k");
        var line = new string('x', 999) + "\n";
        // More in one go than there is room for: the disk is full in the middle of a line.
        _file.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 100))), 100);

        var kept = File.ReadAllLines(_path);
        Assert.All(kept, l => Assert.Equal(999, l.Length));
        Assert.InRange(kept.Length, 50, 66);
        Assert.Equal(100 - kept.Length, _file.Dropped);
        Assert.Equal('\n', File.ReadAllText(_path)[^1]);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_made()
    {
        using var file = new LogFile(Path.Combine(_folder, "made", "a.out.log"));

        file.Write("one\n"u8, 1);

        Assert.Equal("one\n", File.ReadAllText(Path.Combine(_folder, "made", "a.out.log")));
    }

    [Fact]
    public void A_link_in_its_place_is_not_followed()
    {
        var victim = Path.Combine(_folder, "victim");
        File.WriteAllText(victim, "");
        File.CreateSymbolicLink(_path, victim);

        Write("one\n");

        Assert.Equal("", File.ReadAllText(victim));
    }
}
