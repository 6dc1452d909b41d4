using System.Text;
using Meduza.Init.Agent.Apply;
using Meduza.Linux.Files;

namespace Meduza.Init.Tests.Agent.Apply;

public sealed class SeenFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-").FullName;
    private readonly FolderWatch _watch = FolderWatch.Open();
    private readonly SeenFiles _files;

    public SeenFilesTests()
    {
        _files = new(_watch, Accounts.Read());
        File.WriteAllText(A, "1");
    }

    private string A => $"{_folder}/a";

    public void Dispose()
    {
        _watch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void What_was_seen_holds_until_something_is_told()
    {
        _files.Follow([_folder]);
        var seen = _files.Look(A);
        Assert.Equal("1", Text(A));
        Assert.Same(seen, _files.Look(A));

        File.WriteAllText(A, "2");

        Assert.Equal("1", Text(A)); // nobody has told yet
        Assert.True(Tell());
        Assert.Equal("2", Text(A));
    }

    [Fact]
    public void The_turn_is_another_one_once_something_was_done_and_the_same_until_then()
    {
        _files.Follow([_folder]);
        var turn = _files.Turn;
        _files.Look(A);
        Assert.NotNull(turn);
        Assert.Equal(turn, _files.Turn);

        File.WriteAllText(A, "2");
        Assert.True(Tell());
        var told = _files.Turn;
        _files.Forget(A);
        var ours = _files.Turn;
        _files.ForgetAll();

        Assert.Distinct([turn, told, ours, _files.Turn]);
    }

    [Fact]
    public void Without_a_word_of_each_folder_there_is_no_turn()
    {
        _files.Follow([_folder, $"{_folder}/not-there"]);
        Assert.Null(_files.Turn);

        _files.Follow([_folder]);
        Assert.NotNull(_files.Turn);
    }

    [Fact]
    public void A_file_that_comes_and_goes_is_seen_by_its_path_and_in_its_folder()
    {
        _files.Follow([_folder]);
        Assert.Null(_files.Look($"{_folder}/b"));
        Assert.Equal([A], _files.In(_folder));

        File.WriteAllText($"{_folder}/b", "");
        Assert.True(Tell());
        Assert.Equal("", Text($"{_folder}/b"));
        Assert.Equal([A, $"{_folder}/b"], _files.In(_folder).Order());

        File.Delete(A);
        Assert.True(Tell());
        Assert.Null(_files.Look(A));
        Assert.Equal([$"{_folder}/b"], _files.In(_folder));
    }

    [Fact]
    public void Mode_and_owner_count_as_the_content_does()
    {
        _files.Follow([_folder]);
        _files.Look(A);

        File.SetUnixFileMode(A, UnixFileMode.UserRead);

        Assert.True(Tell());
        Assert.Equal(UnixFileMode.UserRead, _files.Look(A)!.Mode);
    }

    [Fact]
    public void What_happens_to_files_that_nobody_looked_at_is_nobodys_reason()
    {
        _files.Follow([_folder]);
        _files.Look(A);

        File.WriteAllText($"{_folder}/other", "");
        Assert.False(Tell());

        _files.In(_folder);
        File.WriteAllText($"{_folder}/.a.0123456789abcdef0123456789abcdef.new", "half");
        Assert.False(Tell());
        File.WriteAllText($"{_folder}/third", "");
        Assert.True(Tell());
    }

    [Fact]
    public void A_file_that_was_listed_on_the_way_to_its_name_is_not_listed_once_it_has_it()
    {
        var unfinished = $"{_folder}/.b.0123456789abcdef0123456789abcdef.new";
        _files.Follow([_folder]);
        File.WriteAllText(unfinished, "");
        Assert.Equal([unfinished, A], _files.In(_folder).Order(StringComparer.Ordinal));

        File.Move(unfinished, $"{_folder}/b");
        Tell();

        Assert.Equal([A, $"{_folder}/b"], _files.In(_folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_link_is_listed_where_it_leads_to_a_file()
    {
        _files.Follow([_folder]);
        Assert.Equal([A], _files.In(_folder));

        File.CreateSymbolicLink($"{_folder}/to-a", A);
        File.CreateSymbolicLink($"{_folder}/to-folder", _folder);
        Directory.CreateDirectory($"{_folder}/inner");
        Tell();

        Assert.Equal([A, $"{_folder}/to-a"], _files.In(_folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_that_is_another_one_now_is_looked_at_again()
    {
        var inner = $"{_folder}/inner";
        Directory.CreateDirectory(inner);
        File.WriteAllText($"{inner}/a", "old");
        _files.Follow([inner]);
        Assert.Equal("old", Text($"{inner}/a"));

        Directory.Move(inner, $"{_folder}/elsewhere");
        Directory.CreateDirectory(inner);
        File.WriteAllText($"{inner}/a", "new");
        Assert.True(Tell());

        Assert.Equal("new", Text($"{inner}/a"));
        _files.Follow([inner]);
        File.WriteAllText($"{inner}/a", "newer");
        Assert.Equal("newer", Text($"{inner}/a"));
        File.WriteAllText($"{inner}/a", "newest");
        Assert.True(Tell());
        Assert.Equal("newest", Text($"{inner}/a"));
    }

    [Fact]
    public void What_is_not_followed_or_not_there_is_looked_at_each_time()
    {
        Assert.Equal("1", Text(A));
        File.WriteAllText(A, "2");
        Assert.Equal("2", Text(A));

        _files.Follow([$"{_folder}/nowhere"]);
        Assert.Empty(_files.In($"{_folder}/nowhere"));
        Assert.Null(_files.Look($"{_folder}/nowhere/a"));
        Directory.CreateDirectory($"{_folder}/nowhere");
        File.WriteAllText($"{_folder}/nowhere/a", "there");
        Assert.Equal("there", Text($"{_folder}/nowhere/a"));
    }

    [Fact]
    public void Without_a_watch_each_look_is_one_at_the_disk()
    {
        var files = new SeenFiles(null, Accounts.Read());
        files.Follow([_folder]);
        Assert.Equal("1"u8, files.Look(A)!.Content.Span);

        File.WriteAllText(A, "2");

        Assert.Equal("2"u8, files.Look(A)!.Content.Span);
    }

    [Fact]
    public void Where_it_holds_what_was_expected_that_is_kept_and_not_the_same_once_more()
    {
        ReadOnlyMemory<byte> expected = Encoding.UTF8.GetBytes("1");
        _files.Follow([_folder]);

        Assert.Equal(expected, _files.Look(A, expected)!.Content);
    }

    [Fact]
    public void What_we_wrote_is_looked_at_again_before_the_kernel_tells_of_it()
    {
        _files.Follow([_folder]);
        _files.Look(A);
        _files.In(_folder);
        File.WriteAllText(A, "2");
        File.WriteAllText($"{_folder}/b", "");

        _files.Forget(A);
        _files.Forget($"{_folder}/b");
        Assert.True(Tell()); // somebody else may have, too

        Assert.Equal("2", Text(A));
        Assert.Equal([A, $"{_folder}/b"], _files.In(_folder).Order());
    }

    [Fact]
    public void Forgotten_all_of_it_is_looked_at_again_and_followed_again()
    {
        _files.Follow([_folder]);
        _files.Look(A);
        File.WriteAllText(A, "2");

        _files.ForgetAll();

        Assert.Equal("2", Text(A));
        _files.Follow([_folder]);
        Assert.Equal("2", Text(A));
        File.WriteAllText(A, "3");
        Assert.True(Tell());
        Assert.Equal("3", Text(A));
    }

    private string Text(string path) => Encoding.UTF8.GetString(_files.Look(path)!.Content.Span);

    /// <summary>Lets it know of what has happened.</summary>
    private bool Tell()
    {
        var matters = false;
        Assert.True(_watch.Read(happened => matters |= _files.Forget(happened)));
        return matters;
    }
}
