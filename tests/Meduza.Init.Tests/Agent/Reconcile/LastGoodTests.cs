using System.Text;
using Meduza.Gateway.Model;
using Meduza.Init.Agent.Reconcile;
using Meduza.Init.Agent.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meduza.Init.Tests.Agent.Reconcile;

public sealed class LastGoodTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("meduza-").FullName;
    private readonly SemaphoreSlim _told = new(0);
    private readonly LastGood _lastGood;

    public LastGoodTests() => _lastGood = new(Folder, () => _told.Release(), TimeProvider.System, NullLogger.Instance);

    private SnapshotFolder Folder => new(Place);

    private string Place => $"{_parent}/snapshots";

    public void Dispose()
    {
        _told.Dispose();
        Directory.Delete(_parent, recursive: true);
    }

    [Fact]
    public void What_is_due_is_written_by_the_end_at_the_latest()
    {
        _lastGood.IsInForce();
        _lastGood.IsApplied();
        _lastGood.HostsChanged();
        Save(1);
        Finish(1);

        Assert.Equal(Mark(1), Folder.LoadInForce(Fail)!.Mark);
        Assert.Equal([Mark(1)], Folder.LoadApplied().Select(kept => kept.Commit!.Mark));
        Assert.NotNull(Folder.LoadHosts(Fail));
        Assert.Null(_lastGood.Problem);
    }

    [Fact]
    public void What_comes_due_while_something_is_written_is_written_after_it()
    {
        for (var n = 1; n <= 50; n++)
        {
            _lastGood.IsInForce();
            _lastGood.IsApplied();
            Save(n);
        }
        Finish(50);

        Assert.Equal(Mark(50), Folder.LoadInForce(Fail)!.Mark);
        Assert.Equal(Mark(50), Folder.LoadApplied().First().Commit!.Mark);
    }

    [Fact]
    public void What_cannot_be_written_is_due_still()
    {
        File.WriteAllText(Place, "in the way");
        _lastGood.IsInForce();
        _lastGood.IsApplied();
        Save(1);
        Finish(1);
        Assert.Contains(Place, _lastGood.Problem, StringComparison.Ordinal);

        File.Delete(Place);
        Finish(1);

        Assert.Null(_lastGood.Problem);
        Assert.Equal([Mark(1)], Folder.LoadApplied().Select(kept => kept.Commit!.Mark));
    }

    [Fact]
    public async Task That_it_fails_is_told_once_and_not_again_at_each_attempt()
    {
        File.WriteAllText(Place, "in the way");
        _lastGood.IsInForce();
        Save(1);
        Assert.True(await _told.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        for (var n = 0; n < 5; n++)
        {
            Save(1);
            Finish(1);
        }

        Assert.False(await _told.WaitAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_commit_is_not_applied_because_the_one_before_it_was()
    {
        File.WriteAllText(Place, "in the way");
        _lastGood.IsInForce();
        _lastGood.IsApplied();
        Save(1);
        _lastGood.IsInForce();
        Finish(2);
        File.Delete(Place);

        Finish(2);

        Assert.Equal(Mark(2), Folder.LoadInForce(Fail)!.Mark);
        Assert.Empty(Folder.LoadApplied());
    }

    [Fact]
    public void What_is_open_about_a_commit_is_on_the_disk_before_anything_else_is_done()
    {
        _lastGood.IsInForce();
        Save(1);

        Assert.Null(_lastGood.Hold(new CommitHold { Commit = Mark(2), Seconds = 60 }, new KeptCommit(Mark(1), Keys(1))));

        Assert.Equal(Mark(2), Folder.LoadHold(Fail)!.Value.Hold.Commit);
        _lastGood.IsInForce();
        _lastGood.HoldIsOver();
        Finish(2);
        Assert.Null(Folder.LoadHold(Fail));
        Assert.Equal(Mark(2), Folder.LoadInForce(Fail)!.Mark);
    }

    [Fact]
    public void The_way_back_stays_until_the_commit_in_force_is_kept()
    {
        Assert.Null(_lastGood.Hold(new CommitHold { Commit = Mark(2), Seconds = 60 }, new KeptCommit(Mark(1), Keys(1))));
        Directory.CreateDirectory($"{Place}/in-force"); // in the way
        _lastGood.IsInForce();
        _lastGood.HoldIsOver();

        Save(2);

        Assert.NotNull(_lastGood.Problem);
        Assert.NotNull(Folder.LoadHold(Fail));
        Directory.Delete($"{Place}/in-force");
        Save(2);
        Assert.Null(Folder.LoadHold(Fail));
    }

    [Fact]
    public async Task After_a_writing_the_next_one_waits_for_the_end_of_a_pause()
    {
        // Whatever it asks the time, ten seconds have passed: a writing takes that, and the pause after it nine times that.
        var clock = new HurryingClock();
        var lastGood = new LastGood(Folder, () => _told.Release(), clock, NullLogger.Instance);
        lastGood.IsInForce();
        lastGood.Save(Mark(1), Keys(1), Snapshot.Empty);
        Assert.True(await _told.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));

        lastGood.IsInForce();
        lastGood.Save(Mark(2), Keys(2), Snapshot.Empty);
        Assert.Equal(Mark(1), Folder.LoadInForce(Fail)!.Mark);

        clock.EndPause();
        Assert.True(await _told.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        lastGood.Save(Mark(2), Keys(2), Snapshot.Empty);
        Assert.True(await _told.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Equal(Mark(2), Folder.LoadInForce(Fail)!.Mark);
    }

    [Fact]
    public void The_end_waits_for_no_pause()
    {
        var lastGood = new LastGood(Folder, () => _told.Release(), new HurryingClock(), NullLogger.Instance);
        lastGood.IsInForce();
        lastGood.Finish(Mark(1), Keys(1), Snapshot.Empty);
        lastGood.IsInForce();
        lastGood.Finish(Mark(2), Keys(2), Snapshot.Empty);

        Assert.Equal(Mark(2), Folder.LoadInForce(Fail)!.Mark);
    }

    private void Save(int n) => _lastGood.Save(Mark(n), Keys(n), Snapshot.Empty);

    private void Finish(int n) => _lastGood.Finish(Mark(n), Keys(n), Snapshot.Empty);

    private static CommitMark Mark(int n) => new($"{n}", n);

    private static Snapshot Keys(int n) => new(n, KeySpace.Empty.SetItem("/nodes/gw/lan", Encoding.UTF8.GetBytes($"10.{n}.0.0/24")));

    private static void Fail(string problem) => Assert.Fail(problem);

    /// <summary>Ten seconds later each time that it is asked, and a timer that fires when the test says so.</summary>
    private sealed class HurryingClock : TimeProvider
    {
        private long _seconds;
        private (TimerCallback Callback, object? State)? _timer;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Add(ref _seconds, 10);

        public void EndPause()
        {
            Interlocked.Add(ref _seconds, 1000);
            _timer!.Value.Callback(_timer.Value.State);
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timer = (callback, state);
            return TimeProvider.System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
