using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Downloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>When files that the keys name are fetched, and when what came is there to be read.</summary>
public sealed class DownloadKeeperTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), Day = TimeSpan.FromDays(1);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-test-{Guid.NewGuid():N}");
    private readonly ManualClock _clock = new();
    private readonly Triggers _triggers = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Transfers _transfers;
    private readonly DownloadKeeper _keeper;
    private readonly Task _running;

    /// <summary>Fetches under way, by name: a test ends each.</summary>
    private readonly ConcurrentDictionary<string, TaskCompletionSource<FetchedCopy>> _fetches = [];
    private readonly ConcurrentQueue<string> _asked = [];

    public DownloadKeeperTests()
    {
        _transfers = new(_triggers, _clock);
        _keeper = new(new("rule_file", "rule file", "/key"), new FilesOf(new(_path, "boot"), FetchAsync), _transfers, _triggers, _clock, new Random(1), NullLogger.Instance);
        _running = _keeper.RunAsync(_end.Token);
    }

    public void Dispose()
    {
        _end.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _running.GetAwaiter().GetResult());
        Assert.Empty(_transfers.Reports);
        _keeper.Dispose();
        _end.Dispose();
        _triggers.Dispose();
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    private async Task<FetchedCopy> FetchAsync(string name, string url, KeptCopy? had, CancellationToken cancellation)
    {
        var fetch = _fetches[name] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Enqueue(name);
        return await fetch.Task.WaitAsync(cancellation);
    }

    private static void Until(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, Patience));

    private void Want(params string[] names) => Want(Day, names);

    private void Want(TimeSpan interval, params string[] names) => _keeper.Want([.. names.Select(name => new WantedDownload(name, $"http://x/{name}"))], interval);

    private KeptFile Kept(string name, string hash) => new($"/kept/{name}.{hash}", 10, hash, Validators.None, DownloadFolder.Mark($"http://x/{name}"), _clock.GetUtcNow().ToUnixTimeMilliseconds());

    private TaskCompletionSource<FetchedCopy> Take(string name)
    {
        TaskCompletionSource<FetchedCopy>? fetch = null;
        Until(() => _fetches.TryRemove(name, out fetch));
        return fetch!;
    }

    private void Ends(string name, string hash = "1", bool isNew = true) => Take(name).SetResult(new(Kept(name, hash), isNew, "directly"));

    private void Fails(string name) => Take(name).SetException(new FetchException("x cannot be asked for it: it refuses connections"));

    private string[] Ready => [.. _keeper.Ready.Values.Order(StringComparer.Ordinal)];

    /// <summary>Has it look at the clock again, whose movement it does not hear.</summary>
    private void Wake() => _keeper.TryAgain();

    [Fact]
    public void Some_are_fetched_at_once_and_the_others_after_them()
    {
        string[] names = ["a", "b", "c", "d", "e", "f"];
        Want(names);
        Until(() => _asked.Count == DownloadKeeper.MostAtOnce);
        Assert.Equal(["a", "b", "c", "d"], _transfers.Reports.Select(report => report.Name).Order(StringComparer.Ordinal));
        Ends("b");
        Until(() => _asked.Count == 5);
        Assert.Equal("e", _asked.Last());
        foreach (var name in names.Where(name => name != "b"))
            Ends(name);
        Until(() => Ready.Length == 6);
        Assert.Equal(6, _asked.Count);
    }

    [Fact]
    public void Several_that_come_together_are_there_at_once()
    {
        Want("a", "b");
        Ends("a");
        Until(() => _keeper.States.Count(state => state.Taken == 1) == 1);
        Wake();
        Assert.Empty(Ready);
        Ends("b");
        Until(() => Ready.Length == 2);
    }

    [Fact]
    public void One_that_takes_its_time_holds_the_others_up_for_a_while_only()
    {
        Want("a", "b");
        Ends("a");
        Until(() => _keeper.States.Any(state => state.Taken == 1));
        _clock.Advance(DownloadKeeper.LongestGathering);
        Wake();
        Until(() => Ready.Length == 1);
        Ends("b");
        Until(() => Ready.Length == 2);
    }

    [Fact]
    public void One_that_fails_holds_nobody_up_says_why_and_is_tried_again()
    {
        Want("a", "b");
        Fails("a");
        Ends("b");
        Until(() => Ready is ["/kept/b.1"]);
        var problem = Assert.Single(_keeper.Problems);
        Assert.Equal(("/key", "a: x cannot be asked for it: it refuses connections; there is no earlier one, and it is fetched again"), (problem.Key, problem.Message));
        Assert.True(Assert.Single(_keeper.States, state => state.IsFailing) is { Name: "a", Kind: "rule_file", Failed: 1, Size: null });

        _clock.Advance(TimeSpan.FromSeconds(5));
        Want(Day / 2, "a", "b");
        Ends("a");
        Until(() => Ready.Length == 2);
        Assert.Empty(_keeper.Problems);
    }

    [Fact]
    public void Another_way_is_a_reason_to_try_at_once_what_failed()
    {
        Want("a", "b");
        Fails("a");
        Ends("b");
        Until(() => Ready.Length == 1 && _keeper.Problems.Length == 1);
        _keeper.TryAgain();
        Ends("a");
        Until(() => Ready.Length == 2);
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public void One_that_comes_after_a_failure_is_a_reason_to_try_the_others_that_failed_and_they_come_together()
    {
        Want("a", "b");
        Fails("a");
        Fails("b");
        Until(() => _keeper.Problems.Length == 2);
        _keeper.Refresh(1);
        Ends("a");
        Ends("b");
        Until(() => Ready.Length == 2);
        Assert.Empty(_keeper.Problems);

        _clock.Advance(Day);
        Wake();
        Fails("a");
        Fails("b");
        Until(() => _keeper.Problems.Length == 2);
        // One of them is due, the other not for some time.
        _clock.Advance(TimeSpan.FromSeconds(3.7));
        while (_fetches.IsEmpty)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            Want(Day * 2, "a", "b");
            Want(Day, "a", "b");
            Thread.Sleep(5);
        }
        var first = _fetches.Keys.First();
        Ends(first, "2");
        Ends(first == "a" ? "b" : "a", "2");
        Until(() => Ready is ["/kept/a.2", "/kept/b.2"]);
    }

    [Fact]
    public void It_is_fetched_again_by_its_interval_and_what_is_the_same_still_is_no_news()
    {
        Want("a");
        Ends("a");
        Until(() => Ready.Length == 1);
        var ready = _keeper.Ready;
        _clock.Advance(Day);
        Wake();
        Ends("a", isNew: false);
        Until(() => Assert.Single(_keeper.States).Unmodified == 1);
        Wake();
        Assert.Same(ready, _keeper.Ready);
        _clock.Advance(Day);
        Wake();
        Ends("a", "2");
        Until(() => Ready is ["/kept/a.2"]);
    }

    [Fact]
    public void What_is_kept_on_the_disk_is_there_at_once_and_not_fetched_before_its_time()
    {
        var files = new KeptFiles(_path, "boot");
        files.Partial("a");
        var there = Kept("a", "1");
        files.Note("a", there);
        var content = Path.Join(_path, $"{DownloadFolder.Mark("a")}.1");
        File.WriteAllText(content, "domain:a\n");

        Want("a", "b");
        Assert.Equal([content], Ready);
        Ends("b");
        Until(() => Ready.Length == 2);
        Assert.Equal(["b"], _asked);

        // From another address it is due.
        _keeper.Want([new("a", "http://y/a"), new("b", "http://x/b")], Day);
        Assert.Equal(2, Ready.Length);
        Ends("a", "2");
        Until(() => Ready.Contains("/kept/a.2"));
    }

    [Fact]
    public void One_that_is_wanted_no_more_is_let_go_also_while_it_is_fetched()
    {
        Want("a", "b");
        Until(() => _asked.Count == 2);
        Want("b");
        Ends("b");
        Until(() => Ready is ["/kept/b.1"]);
        Want("a", "b");
        Until(() => _asked.Count == 3);
        Ends("a", "2");
        Until(() => Ready.Length == 2);
    }

    private RefreshOutcome Outcome()
    {
        RefreshOutcome? outcome = null;
        Until(() => (outcome = _keeper.TakeOutcome()) is not null);
        return outcome!;
    }

    [Fact]
    public void Who_asks_for_all_is_told_when_all_have_come_and_are_there()
    {
        Want("a", "b");
        Ends("a");
        Ends("b");
        Until(() => Ready.Length == 2);
        Assert.Null(_keeper.TakeOutcome());

        _keeper.Refresh(7);
        Ends("a", "2");
        Until(() => _keeper.States.Any(state => state.Taken == 2));
        Assert.Null(_keeper.TakeOutcome());
        Ends("b", isNew: false);

        Assert.Equal(new(7, "rule files: 1 new, 1 not modified", null), Outcome());
        Assert.Contains("/kept/a.2", Ready);
    }

    [Fact]
    public void Who_asks_while_one_is_fetched_is_told_of_the_fetch_after_it()
    {
        Want("a");
        Until(() => _asked.Count == 1);
        _keeper.Refresh(1);
        Ends("a");
        Ends("a", isNew: false);
        Assert.Equal("rule file 'a': not modified", Outcome().Text);
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public void Who_asks_is_told_of_the_first_that_fails()
    {
        Want("a", "b");
        Ends("a");
        Ends("b");
        Until(() => Ready.Length == 2);
        _keeper.Refresh(1);
        Ends("b", "2");
        Fails("a");
        Assert.Equal(
            new(1, null, "rule file 'a': x cannot be asked for it: it refuses connections; the one before stays in use, and it is fetched again"), Outcome());
    }

    [Fact]
    public void Who_asks_where_nothing_is_wanted_any_more_is_told_so()
    {
        Want("a");
        Until(() => _asked.Count == 1);
        _keeper.Refresh(1);
        Want();
        Assert.Equal(new(1, "", null), Outcome());
        _keeper.Refresh(2);
        Assert.Equal(new(2, "", null), Outcome());
    }

    [Fact]
    public void A_fault_of_ours_is_a_failure_of_that_fetch_and_ends_nothing()
    {
        Want("a");
        Take("a").SetException(new InvalidOperationException("x"));
        Until(() => _keeper.Problems.Length == 1);
        Assert.StartsWith("a: this version cannot fetch it (InvalidOperationException)", Assert.Single(_keeper.Problems).Message, StringComparison.Ordinal);
        _keeper.TryAgain();
        Ends("a");
        Until(() => Ready.Length == 1);
    }

    [Fact]
    public void Progress_is_told_in_bytes_of_the_total_and_by_the_second()
    {
        using var transfer = _transfers.Begin("rule_file", "a");
        transfer.Begin(100, 1100);
        transfer.Add(300);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new("rule_file", "a", 400, 1100, 150), Assert.Single(_transfers.Reports));
        Assert.Equal(Transfers.Interval, _transfers.Wait);
        transfer.Dispose();
        Assert.Equal(Timeout.InfiniteTimeSpan, _transfers.Wait);
    }
}
