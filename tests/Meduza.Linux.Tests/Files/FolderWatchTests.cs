using Meduza.Linux.Files;

namespace Meduza.Linux.Tests.Files;

public sealed class FolderWatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderWatch _watch = FolderWatch.Open();

    public void Dispose()
    {
        _watch.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Whatever_is_done_to_a_file_is_told_with_its_name()
    {
        var folder = _folder["watched"];
        Directory.CreateDirectory(folder);
        Assert.True(_watch.Add(folder));

        File.WriteAllText($"{folder}/é", "x");
        Assert.Contains(new(folder, "é"), Told());
        File.SetUnixFileMode($"{folder}/é", UnixFileMode.UserRead);
        Assert.Equal([new(folder, "é")], Told());
        File.Move($"{folder}/é", $"{folder}/b");
        Assert.Equal([new(folder, "é"), new(folder, "b")], Told());
        File.Delete($"{folder}/b");
        Assert.Equal([new(folder, "b")], Told());
    }

    [Fact]
    public void A_file_that_is_written_through_an_old_descriptor_is_told()
    {
        using var open = File.OpenWrite(_folder["a"]);
        Assert.True(_watch.Add(_folder[""]));

        open.Write("x"u8);
        open.Flush();

        Assert.Equal([new(_folder[""], "a")], Told());
    }

    [Fact]
    public void A_folder_that_goes_is_told_and_watched_no_longer()
    {
        foreach (var name in (string[])["deleted", "moved"])
            Assert.True(_watch.Add(Directory.CreateDirectory(_folder[name]).FullName));

        Directory.Delete(_folder["deleted"]);
        Directory.Move(_folder["moved"], _folder["elsewhere"]);
        Assert.Equal([new(_folder["deleted"], null), new(_folder["moved"], null)], Told());
        File.WriteAllText(_folder["elsewhere/a"], "");
        // Known to have been told of by what comes after it.
        Assert.True(_watch.Add(_folder[""]));
        File.WriteAllText(_folder["last"], "");

        Assert.All(Told(), happened => Assert.Equal("last", happened.Name));
    }

    [Fact]
    public void What_is_no_folder_is_not_watched()
    {
        File.WriteAllText(_folder["file"], "");

        Assert.False(_watch.Add(_folder["nowhere"]));
        Assert.False(_watch.Add(_folder["file"]));
        Assert.False(_watch.Add(_folder["file/in"]));
    }

    [Fact]
    public void Nothing_is_told_of_a_folder_that_was_removed()
    {
        var (one, other) = (Directory.CreateDirectory(_folder["one"]).FullName, Directory.CreateDirectory(_folder["other"]).FullName);
        Assert.True(_watch.Add(one));
        Assert.True(_watch.Add(other));

        File.WriteAllText($"{one}/before", "");
        _watch.Remove(one);
        _watch.Remove(one);
        File.WriteAllText($"{one}/a", "");
        File.WriteAllText($"{other}/a", "");

        Assert.All(Told(), happened => Assert.Equal(other, happened.Folder));
    }

    [Fact]
    public async Task Who_waits_for_events_is_let_go()
    {
        var reader = Task.Run(() => _watch.Read(_ => { }), TestContext.Current.CancellationToken);

        _watch.End();

        Assert.False(await reader.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void More_events_than_the_kernel_keeps_are_told_as_anything_anywhere()
    {
        var most = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"));
        Assert.True(_watch.Add(_folder[""]));
        var (a, b) = (_folder["a"], _folder["b"]);
        File.WriteAllText(a, "");
        // Two each, no two the same one after the other: those the kernel would keep as one.
        for (var n = 0; n <= most / 2; n++)
        {
            File.Move(a, b);
            File.Move(b, a);
        }

        for (var isMissed = false; !isMissed;)
            Assert.True(_watch.Read(happened => isMissed |= happened == new FolderEvent(null, null)));
    }

    /// <summary>What is told up to now, each once.</summary>
    private List<FolderEvent> Told()
    {
        List<FolderEvent> told = [];
        Assert.True(_watch.Read(told.Add));
        return [.. told.Distinct()];
    }
}
