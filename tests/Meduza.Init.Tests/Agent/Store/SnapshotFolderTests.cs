using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store;
using Meduza.Linux;

namespace Meduza.Init.Tests.Agent.Store;

public sealed class SnapshotFolderTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("meduza-snapshots-").FullName;
    private readonly List<string> _warnings = [];
    private readonly SnapshotFolder _folder;

    public SnapshotFolderTests() => _folder = new(Path.Join(_place, "kept"));

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void Nothing_kept_is_nothing_to_begin_with_and_nothing_wrong()
    {
        Assert.Empty(Commits());
        Assert.Null(_folder.LoadHosts(_warnings.Add));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void The_one_in_force_comes_first_then_those_that_were_applied_from_the_newest_on()
    {
        _folder.KeepApplied(Mark(1), Keys(1), mayBeKept: true);
        _folder.KeepApplied(Mark(2), Keys(2), mayBeKept: true);
        _folder.KeepInForce(Mark(3), Keys(3));

        Assert.Equal([3L, 2, 1], Commits());
    }

    [Fact]
    public void The_last_ten_that_were_applied_are_kept()
    {
        for (var n = 1; n <= 25; n++)
            _folder.KeepApplied(Mark(n), Keys(n), mayBeKept: true);

        Assert.Equal(Enumerable.Range(16, 10).Reverse().Select(n => (long)n), Commits());
    }

    [Fact]
    public void The_commit_in_force_is_written_once_and_has_two_names_when_it_is_applied()
    {
        _folder.KeepInForce(Mark(1), Keys(1));
        _folder.KeepApplied(Mark(1), Keys(1), mayBeKept: true);
        Assert.Equal([1L, 1], Commits());

        _folder.KeepInForce(Mark(2), Keys(2));
        Assert.Equal([2L, 1], Commits());
        _folder.KeepApplied(Mark(3), Keys(3), mayBeKept: true);
        Assert.Equal([2L, 3, 1], Commits());

        File.WriteAllText(Path.Join(_folder.Place, "applied-0000000002"), "of its own");
        Assert.Equal([2L, 1], Commits());
    }

    [Fact]
    public void What_was_applied_already_is_not_kept_twice()
    {
        _folder.KeepApplied(Mark(1), Keys(1), mayBeKept: true);
        _folder.KeepApplied(Mark(1), Keys(1), mayBeKept: true);

        Assert.Equal([1L], Commits());
    }

    [Fact]
    public void A_commit_of_the_same_keys_as_the_newest_is_that_one()
    {
        _folder.KeepApplied(Mark(1), Keys(1), mayBeKept: true);
        _folder.KeepApplied(Mark(2), Keys(1), mayBeKept: true);
        _folder.KeepApplied(Mark(3), Keys(2), mayBeKept: true);
        _folder.KeepApplied(Mark(4), Keys(1), mayBeKept: true);

        Assert.Equal([4L, 3, 1], Commits());
    }

    [Fact]
    public void Those_that_were_applied_are_listed_with_what_is_wrong_with_them()
    {
        for (var n = 1; n <= 3; n++)
            _folder.KeepApplied(Mark(n), Keys(n), mayBeKept: true);
        File.WriteAllText(Path.Join(_folder.Place, "applied-0000000002"), "rubbish");

        var applied = _folder.LoadApplied().ToList();

        Assert.Equal([3, 2, 1], applied.Select(kept => kept.Number));
        Assert.Equal([Mark(3), null, Mark(1)], applied.Select(kept => kept.Commit?.Mark));
        Assert.Equal($"{_folder.Place}/applied-0000000002 cannot be used: it is no snapshot, or one that was cut off", applied[1].Problem);
        Assert.All(applied, kept => Assert.InRange(kept.AppliedAt, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1)));
        Assert.Equal(Mark(1), _folder.LoadApplied(1, out var none)!.Mark);
        Assert.Null(none);
        Assert.Null(_folder.LoadApplied(2, out var problem));
        Assert.Equal(applied[1].Problem, problem);
        Assert.Null(_folder.LoadApplied(9, out var gone));
        Assert.Equal($"{_folder.Place}/applied-0000000009 is not there any more", gone);
    }

    [Fact]
    public void What_is_open_about_a_commit_lies_there_with_the_way_back_until_it_is_over()
    {
        var hold = new CommitHold { Commit = Mark(2), Seconds = 60, TakenUpAt = 123_456, Boot = "b" };
        Assert.Null(_folder.LoadHold(_warnings.Add));
        _folder.KeepHold(hold, new(Mark(1), Keys(1)));

        var (kept, target) = _folder.LoadHold(_warnings.Add)!.Value;
        Assert.Equal((hold, Mark(1)), (kept, target.Mark));
        Assert.True(target.HasKeysOf(new(Mark(1), Keys(1))));
        Assert.Empty(Commits());

        _folder.KeepHold(hold with { Reason = "late", Time = 7 }, target);
        Assert.Equal("late", _folder.LoadHold(_warnings.Add)!.Value.Hold.Reason);
        _folder.DropHold();
        Assert.Null(_folder.LoadHold(_warnings.Add));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_way_back_that_is_damaged_is_told_and_is_none()
    {
        _folder.KeepHold(new() { Commit = Mark(2) }, KeptCommit.None);
        var file = Path.Join(_folder.Place, "hold");
        File.WriteAllBytes(file, SnapshotFile.Write(Mark(1), Keys(1)));
        Assert.Null(_folder.LoadHold(_warnings.Add));
        File.WriteAllText(file, "rubbish");
        Assert.Null(_folder.LoadHold(_warnings.Add));

        Assert.Equal(
            [$"{file} cannot be used: it does not say what is open", $"{file} cannot be used: it is no snapshot, or one that was cut off"], _warnings);
    }

    [Fact]
    public void A_restored_etcd_whose_revisions_begin_anew_is_the_newest_all_the_same()
    {
        _folder.KeepApplied(Mark(900), Keys(900), mayBeKept: true);
        _folder.KeepApplied(Mark(7), Keys(7), mayBeKept: true);

        Assert.Equal([7L, 900], Commits());
    }

    [Fact]
    public void A_damaged_one_is_told_and_passed_over()
    {
        _folder.KeepApplied(Mark(1), Keys(1), mayBeKept: true);
        _folder.KeepInForce(Mark(2), Keys(2));
        File.WriteAllText(Path.Join(_folder.Place, "in-force"), "MEDUZA");

        Assert.Equal([1L], Commits());
        Assert.Equal($"{_folder.Place}/in-force cannot be used: it is no snapshot, or one that was cut off", Assert.Single(_warnings));
    }

    [Fact]
    public void Folder_and_files_are_roots_alone()
    {
        _folder.KeepInForce(Mark(1), Keys(1));
        _folder.KeepHosts(Keys(1));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Place));
        Assert.All(Directory.GetFiles(_folder.Place), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.Equal(2, Directory.GetFiles(_folder.Place).Length);
    }

    [Fact]
    public void What_an_agent_left_that_was_killed_while_it_wrote_is_gone_with_the_next_write()
    {
        _folder.KeepInForce(Mark(1), Keys(1));
        File.WriteAllText(Path.Join(_folder.Place, $".in-force.{Guid.NewGuid():N}.new"), "half of the keys");

        new SnapshotFolder(_folder.Place).KeepInForce(Mark(1), Keys(1));

        Assert.Equal(["in-force"], Directory.GetFiles(_folder.Place).Select(Path.GetFileName));
    }

    [Fact]
    public void What_cannot_be_kept_is_told_and_what_was_kept_is_there_still()
    {
        _folder.KeepInForce(Mark(1), Keys(1));
        var blocked = new SnapshotFolder(Path.Join(_folder.Place, "in-force", "below a file"));

        Assert.Throws<LinuxException>(() => blocked.KeepInForce(Mark(2), Keys(2)));
        Assert.Equal([1L], Commits());
    }

    private static CommitMark Mark(long revision) => new($"commit {revision}", revision);

    private static Snapshot Keys(long revision) => new(revision, KeySpace.Empty.SetItem("/nodes/gw1/lan", BitConverter.GetBytes(revision)));

    private IEnumerable<long> Commits() => [.. _folder.Load(_warnings.Add).Select(kept => kept.Mark.Revision)];
}
