using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Downloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>What comes of a subscription that the keys name, whatever its server does.</summary>
public sealed class SubscriptionKeeperTests : IDisposable
{
    private const string Good = "proxies: [{name: a, type: direct}]\n", Better = "proxies: [{name: b, type: direct}]\n";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-test-{Guid.NewGuid():N}");
    private readonly ManualClock _clock = new();
    private readonly Triggers _triggers = new();
    private CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private Func<string, Validators?, Fetched> _server = (_, _) => throw new FetchException("x cannot be asked for it: it refuses connections");
    private readonly List<(string Url, Validators? Had)> _asked = [];
    private SubscriptionKeeper _keeper;
    private DownloadKeeper _downloads;
    private Task _running;

    public SubscriptionKeeperTests() => (_keeper, _downloads, _running) = Begin();

    public void Dispose()
    {
        End();
        _triggers.Dispose();
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    private (SubscriptionKeeper, DownloadKeeper, Task) Begin()
    {
        var source = new SubscriptionSource(new(_path), Fetch, _clock);
        var downloads = new DownloadKeeper(SubscriptionKeeper.Kind, source, new Transfers(_triggers, _clock), _triggers, _clock, new Random(1), NullLogger.Instance);
        return (new(downloads, source, NullLogger.Instance), downloads, downloads.RunAsync(_end.Token));
    }

    /// <summary>The agent ends, whatever it was at.</summary>
    private void End()
    {
        _end.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _running.GetAwaiter().GetResult());
        _downloads.Dispose();
        _end.Dispose();
    }

    private void Restart()
    {
        End();
        _end = new();
        (_keeper, _downloads, _running) = Begin();
    }

    private Task<Fetched> Fetch(string url, Validators? had, Transfer? transfer, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _asked.Add((url, had));
            try
            {
                return Task.FromResult(_server(url, had));
            }
            catch (FetchException e)
            {
                return Task.FromException<Fetched>(e);
            }
        }
    }

    private void Serve(Func<string, Validators?, Fetched> server)
    {
        lock (_lock)
            _server = server;
    }

    private int Asked
    {
        get
        {
            lock (_lock)
                return _asked.Count;
        }
    }

    private static Fetched Answer(string text, string? tag = null) => new(Encoding.UTF8.GetBytes(text), new(tag, null));

    private static ClashConfig Clash(string name = "main", string url = "https://x/sub", int? minutes = null) => new()
    {
        Subscription = InstanceName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name),
        SubscriptionUrl = new Secret(url), RefreshEnabled = minutes is not null, RefreshInterval = TimeSpan.FromMinutes(minutes ?? 60),
    };

    private static void Until(Func<bool> holds) => Assert.True(SpinWait.SpinUntil(holds, Patience));

    private string? InUse(ClashConfig clash) =>
        _keeper.TextsFor(clash, null).TryGetValue(clash.Subscription!.ToString()!, out var text) ? Encoding.UTF8.GetString(text.Span) : null;

    private KeyFinding? Problem => _downloads.Problems.SingleOrDefault();

    private SubscriptionCandidate Offered()
    {
        Until(() => _keeper.Candidate is not null);
        return _keeper.Candidate!;
    }

    [Fact]
    public void It_is_offered_when_it_came_and_in_use_when_it_is_taken()
    {
        Serve((_, _) => Answer(Good));
        _keeper.Want(Clash());
        var candidate = Offered();
        Assert.Null(InUse(Clash()));
        Assert.Equal(Good, Encoding.UTF8.GetString(_keeper.TextsFor(Clash(), candidate)["main"].Span));

        _keeper.Take(candidate);

        Assert.Equal((Good, null), (InUse(Clash()), Problem));
        Assert.Null(_keeper.Candidate);
    }

    [Fact]
    public void A_server_that_is_down_at_first_is_asked_until_it_answers()
    {
        _keeper.Want(Clash());
        Until(() => Problem is not null);
        Assert.Equal(
            "x cannot be asked for it: it refuses connections; there is no earlier one, and it is fetched again", Problem!.Message);
        Assert.Equal("/global/clash/subscriptions/main/url", Problem.Key);

        Serve((_, _) => Answer(Good));
        _clock.Advance(TimeSpan.FromSeconds(5));
        _keeper.Want(Clash(minutes: 5)); // whatever wakes it
        _keeper.Take(Offered());

        Assert.Null(Problem);
    }

    [Fact]
    public void What_is_kept_is_in_use_after_a_restart_and_not_fetched_before_its_time()
    {
        Serve((_, _) => Answer(Good, "\"1\""));
        _keeper.Want(Clash(minutes: 60));
        _keeper.Take(Offered());
        _clock.Advance(TimeSpan.FromMinutes(30));

        Restart();
        _keeper.Want(Clash(minutes: 60));

        Assert.Equal(Good, InUse(Clash()));
        Assert.Equal(1, Asked);
        _clock.Advance(TimeSpan.FromMinutes(31));
        _keeper.Want(Clash(minutes: 59));
        Until(() => Asked == 2);
        Assert.Equal("\"1\"", _asked[1].Had?.ETag);
    }

    [Fact]
    public void An_answer_that_it_is_the_same_still_changes_nothing()
    {
        Serve((_, had) => had is null ? Answer(Good, "\"1\"") : new(null, had));
        _keeper.Want(Clash(minutes: 60));
        _keeper.Take(Offered());
        for (var again = 2; again < 5; again++)
        {
            _downloads.Refresh(1);
            Until(() => Asked == again);
        }
        Assert.Null(_keeper.Candidate);
        Assert.Equal(Good, InUse(Clash()));
    }

    [Fact]
    public void What_is_no_configuration_is_refused_with_its_reason_and_the_one_before_stays()
    {
        Serve((_, _) => Answer(Good));
        _keeper.Want(Clash());
        _keeper.Take(Offered());

        Serve((_, _) => Answer("<html>you have no subscription any more</html>"));
        _downloads.Refresh(1);
        Until(() => Problem is not null);

        Assert.Contains("it is not a mihomo configuration", Problem!.Message, StringComparison.Ordinal);
        Assert.EndsWith("; the one before stays in use, and it is fetched again", Problem.Message, StringComparison.Ordinal);
        Assert.Equal((Good, null), (InUse(Clash()), _keeper.Candidate));
    }

    [Fact]
    public void A_fault_of_ours_is_a_failure_of_that_fetch_and_ends_nothing()
    {
        Serve((_, _) => new(null, null!));
        _keeper.Want(Clash());
        Until(() => Problem is not null);
        Assert.StartsWith("this version cannot fetch it (", Problem!.Message, StringComparison.Ordinal);

        Serve((_, _) => Answer(Good));
        _downloads.Refresh(1);
        _keeper.Take(Offered());
        Assert.Equal((Good, null), (InUse(Clash()), Problem));
    }

    [Fact]
    public void What_the_program_refuses_is_not_kept()
    {
        Serve((_, _) => Answer(Good));
        _keeper.Want(Clash());
        _keeper.Take(Offered());
        Serve((_, _) => Answer(Better));
        _downloads.Refresh(1);

        _keeper.Refuse(Offered(), "mihomo says no");

        Assert.Contains("mihomo says no", Problem!.Message, StringComparison.Ordinal);
        Restart();
        Assert.Equal(Good, InUse(Clash()));
    }

    [Fact]
    public void Another_address_is_asked_at_once_and_the_old_text_serves_until_it_answers()
    {
        Serve((_, _) => Answer(Good, "\"1\""));
        _keeper.Want(Clash());
        _keeper.Take(Offered());

        Serve((url, had) => url == "https://y/sub" && had is null ? Answer(Better) : throw new FetchException("wrong question"));
        _keeper.Want(Clash(url: "https://y/sub"));
        Assert.Equal(Good, InUse(Clash(url: "https://y/sub")));
        _keeper.Take(Offered());

        Assert.Equal(Better, InUse(Clash(url: "https://y/sub")));
    }

    [Fact]
    public void What_came_for_another_than_is_wanted_by_then_is_let_go()
    {
        Serve((_, _) => Answer(Good));
        _keeper.Want(Clash());
        var late = Offered();
        Serve((_, _) => Answer(Better));
        _keeper.Want(Clash("other"));

        _keeper.Take(late);

        Assert.Null(InUse(Clash("other")));
        _keeper.Take(Offered());
        Assert.Equal(Better, InUse(Clash("other")));
        Assert.Null(InUse(Clash()));
    }

    [Fact]
    public void Nobody_is_asked_where_nothing_is_wanted()
    {
        _keeper.Want(null);
        _keeper.Want(new ClashConfig());
        _downloads.Refresh(1);
        Thread.Sleep(50);
        Assert.Equal(0, Asked);
    }

    /// <summary>What whoever asked for it is told in the end.</summary>
    private RefreshOutcome Outcome()
    {
        RefreshOutcome? outcome = null;
        Until(() => (outcome = _downloads.TakeOutcome()) is not null);
        return outcome!;
    }

    [Fact]
    public void Who_asks_for_it_is_told_when_it_is_in_use_and_when_it_is_the_same_still()
    {
        Serve((_, had) => had is null ? Answer(Good, "\"1\"") : new(null, had));
        _keeper.Want(Clash());
        _keeper.Take(Offered());
        Assert.Null(_downloads.TakeOutcome());
        _downloads.Refresh(1);
        Assert.Equal(new(1, "subscription 'main': not modified", null), Outcome());

        Serve((_, _) => Answer(Better));
        _downloads.Refresh(2);
        var candidate = Offered();
        Assert.Null(_downloads.TakeOutcome());
        _keeper.Take(candidate);

        Assert.Equal(new(2, $"subscription 'main': fetched, {Better.Length} bytes, in use from now on", null), Outcome());
    }

    [Fact]
    public void Who_asks_for_it_is_told_why_it_cannot_be_had_or_used()
    {
        _keeper.Want(Clash());
        _downloads.Refresh(1);
        Assert.Equal(
            new(1, null, "subscription 'main': x cannot be asked for it: it refuses connections; there is no earlier one, and it is fetched again"), Outcome());

        Serve((_, _) => Answer(Good));
        _downloads.Refresh(2);
        _keeper.Refuse(Offered(), "mihomo says no");

        Assert.Equal("subscription 'main': mihomo says no; there is no earlier one, and it is fetched again", Outcome().Error);
    }

    [Fact]
    public void Who_asks_while_another_is_named_is_told_of_that_one()
    {
        Serve((_, _) => Answer(Good));
        _keeper.Want(Clash());
        _keeper.Take(Offered());
        _keeper.Want(Clash("other"));
        _keeper.Take(Offered());
        Serve((_, _) => Answer(Better));
        _downloads.Refresh(1);
        _ = Offered();

        // It is there already, and not due: it is fetched all the same.
        _keeper.Want(Clash());
        _keeper.Take(Offered());

        Assert.Equal($"subscription 'main': fetched, {Better.Length} bytes, in use from now on", Outcome().Text);
    }

    [Fact]
    public void Who_asks_where_nothing_is_wanted_is_told_so_and_so_is_who_waits_when_nothing_is_wanted_any_more()
    {
        _downloads.Refresh(1);
        Assert.Equal(1, Outcome().Number);
        Serve((_, _) => Answer(Good));
        _keeper.Want(Clash());
        _ = Offered();
        _downloads.Refresh(2);
        Assert.Null(_downloads.TakeOutcome());

        _keeper.Want(null);

        Assert.Equal(new(2, "", null), Outcome());
    }
}
