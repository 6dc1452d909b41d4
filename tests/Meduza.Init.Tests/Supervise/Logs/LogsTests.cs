using System.Text;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Logs;
using Meduza.Linux;
using Meduza.Linux.Events;
using Tmds.Linux;

namespace Meduza.Init.Tests.Supervise.Logs;

/// <summary>From a service's pipe to its files, its tail and those who follow.</summary>
[Collection(Alone.Name)]
public sealed unsafe class LogsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-").FullName;
    private readonly EventLoop _loop = new(TimeProvider.System);
    private readonly Descriptor _null = Descriptor.Open("/dev/null", LibC.O_WRONLY);
    private readonly ConsoleOutput _console;
    private readonly Init.Supervise.Logs.Logs _logs;

    public LogsTests()
    {
        _console = new(_null.Number);
        _logs = new(_folder, _loop, _console);
    }

    public void Dispose()
    {
        _logs.Dispose();
        _console.Dispose();
        _null.Dispose();
        _loop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Write(Descriptor pipe, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
            Assert.Equal(bytes.Length, (int)(long)LibC.write(pipe.Number, start, (size_t)bytes.Length));
    }

    private string[] Tail(string service) => [.. _logs.Last(service, 100)!.Select(line => $"{line.Stream} {line.Text}")];

    [Fact]
    public void A_line_goes_to_its_file_and_to_memory_once_it_is_whole()
    {
        var log = _logs.Open("a");
        Write(log.Output, "one\ntw");
        Write(log.Error, "bad\n");
        _loop.Turn();

        Assert.Equal(["err bad", "out one"], Tail("a").Order());
        Assert.Equal("one\n", File.ReadAllText(Path.Combine(_folder, "a.out.log")));
        Assert.Equal("bad\n", File.ReadAllText(Path.Combine(_folder, "a.err.log")));
        Write(log.Output, "o\n");
        _loop.Turn();
        Assert.Equal("one\ntwo\n", File.ReadAllText(Path.Combine(_folder, "a.out.log")));
    }

    [Fact]
    public void What_a_process_wrote_before_its_end_is_there_with_it_and_does_not_run_into_the_next_one_s()
    {
        var log = _logs.Open("a");
        Write(log.Output, "fatal: no me");

        log.Finish();
        Write(log.Output, "started\n");
        log.Finish();

        Assert.Equal(["out fatal: no me", "out started"], Tail("a"));
    }

    [Fact]
    public void A_flood_leaves_the_others_their_turn()
    {
        var flood = _logs.Open("flood");
        var quiet = _logs.Open("quiet");
        _ = LibC.fcntl(flood.Output.Number, LibC.F_SETFL, LibC.O_NONBLOCK);
        void Flood()
        {
            fixed (byte* bytes = new byte[65536])
                LibC.write(flood.Output.Number, bytes, 65536);
        }
        Flood();
        Write(quiet.Output, "hear me\n");

        _loop.Turn();

        Assert.Equal(["out hear me"], Tail("quiet"));
        for (var i = 0; i < 100; i++)
        {
            Flood();
            _loop.Turn();
        }
        Assert.True(_logs.Last("flood", int.MaxValue)!.Sum(line => line.Text.Length) <= LogTail.MostBytes);
    }

    [Fact]
    public void Those_who_follow_get_each_line_as_it_comes()
    {
        var lines = new List<LogLine>();
        _logs.Line += lines.Add;
        var log = _logs.Open("a");

        Write(log.Output, "one\n");
        _loop.Turn();
        _logs.Say("own");

        Assert.Equal([("a", "one"), ("meduza-init", "own")], lines.Select(line => (line.Service, line.Text)));
    }

    [Fact]
    public void A_service_that_was_removed_leaves_no_descriptor_and_keeps_its_files()
    {
        var before = Directory.GetFiles("/proc/self/fd").Length;
        var log = _logs.Open("a");
        Write(log.Output, "one\n");

        _logs.Close("a");

        Assert.Equal(before, Directory.GetFiles("/proc/self/fd").Length);
        Assert.Null(_logs.Last("a", 1));
        Assert.Equal("one\n", File.ReadAllText(Path.Combine(_folder, "a.out.log")));
    }

    [Fact]
    public void A_line_of_our_own_is_one_line_whatever_it_says()
    {
        _logs.Say("a\nb");

        Assert.Equal(["out a b"], Tail(Init.Supervise.Logs.Logs.OwnName));
    }
}
