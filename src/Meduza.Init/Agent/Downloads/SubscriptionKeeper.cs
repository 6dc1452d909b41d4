using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Linux;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Downloads;

/// <summary>Gets a subscription from where its URL says.</summary>
internal delegate Task<Fetched> SubscriptionFetch(string url, Validators? had, Transfer transfer, CancellationToken cancellation);

/// <summary>A subscription that came, and is to be taken or refused.</summary>
/// <param name="Name">Of the subscription.</param>
/// <param name="Text">What came.</param>
internal sealed record SubscriptionCandidate(string Name, ReadOnlyMemory<byte> Text);

/// <summary>
/// Fetches the subscription that the keys name, when it is not there and again by its interval, beside the loop that
/// reconciles: no commit waits for it. What came is a candidate, and the loop's to take or refuse; what was taken is kept on
/// disk, and is what a restart begins with, and what stays in use whatever the server does later.
/// </summary>
internal sealed partial class SubscriptionKeeper(
    DownloadFolder folder, SubscriptionFetch fetch, Transfers transfers, Triggers triggers, TimeProvider clock, Random random, ILogger log) : IDisposable
{
    private const string Kind = "subscription";

    public const string DefaultPath = "/data/meduza/subscriptions";

    // What a wait can be at most is less than an interval can be.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly FetchSchedule _schedule = new(clock, random);
    private Wanted? _wanted;
    private Download? _kept;
    private (SubscriptionCandidate Candidate, Validators Validators, Wanted From)? _offered;
    private string? _problem;
    private bool _isFailing;

    /// <summary>Number of the last refresh that was asked for, where no fetch has begun since.</summary>
    private long? _asked;

    /// <summary>Number of the last refresh that the fetch under way, or what it brought, is the answer to.</summary>
    private long? _serving;
    private RefreshOutcome? _outcome;

    /// <summary>What came of fetches of the wanted one.</summary>
    private (long Taken, long Unmodified, long Failed) _counts;

    private sealed record Wanted(string Name, string Url);

    /// <summary>How it stands with the wanted one; null where none is.</summary>
    public DownloadState? State
    {
        get
        {
            lock (_lock)
            {
                return _wanted is null ? null : new(
                    Kind, _wanted.Name, _isFailing, _kept?.FetchedAt, _kept?.Content.Length, _counts.Taken, _counts.Unmodified, _counts.Failed);
            }
        }
    }

    /// <summary>Why the wanted one is not the newest, as a finding at its key; null where it is.</summary>
    public KeyFinding? Problem
    {
        get
        {
            lock (_lock)
                return _wanted is { } wanted && _problem is { } problem ? new(KeyOf(wanted.Name), problem) : null;
        }
    }

    /// <summary>What came and was not judged yet; null where nothing did.</summary>
    public SubscriptionCandidate? Candidate
    {
        get
        {
            lock (_lock)
                return _offered?.Candidate;
        }
    }

    /// <summary>What there is to render with: the candidate where it is of that subscription, and otherwise what is kept.</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> TextsFor(ClashConfig clash, SubscriptionCandidate? candidate)
    {
        var none = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;
        if (clash.Subscription?.ToString() is not { } name)
            return none;
        if (candidate?.Name == name)
            return none.Add(name, candidate.Text);
        lock (_lock)
        {
            var kept = name == _wanted?.Name ? _kept : folder.Load(name, LogUnusable);
            return kept is null ? none : none.Add(name, kept.Content);
        }
    }

    /// <summary>Says what the keys name. What is kept of it is there when this returns.</summary>
    public void Want(ClashConfig? clash)
    {
        lock (_lock)
        {
            var wanted = clash is { Subscription: { } name, SubscriptionUrl: { } url } ? new Wanted(name.ToString(), url.Reveal()) : null;
            TimeSpan? interval = clash is { RefreshEnabled: true } ? clash.RefreshInterval : null;
            if (wanted == _wanted && interval == _schedule.Interval)
                return;
            if (wanted?.Name != _wanted?.Name)
                (_kept, _counts) = (wanted is null ? null : folder.Load(wanted.Name, LogUnusable), default);
            if (wanted != _wanted)
            {
                (_offered, _problem, _isFailing) = (null, null, false);
                // Whoever asked wants what the keys name now.
                (_asked, _serving) = (_asked ?? _serving, null);
                if (wanted is not null && _kept is { } kept && kept.Source == DownloadFolder.Mark(wanted.Url))
                    _schedule.Fetched(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(kept.FetchedAt));
                else
                    _schedule.Now();
            }
            _wanted = wanted;
            if (wanted is null)
                NothingToRefresh();
            _schedule.Interval = interval;
            Wake();
        }
    }

    /// <summary>Fetches it now, whatever its interval is.</summary>
    /// <param name="number">Of who asks: to be found in <see cref="TakeOutcome"/> when it is over.</param>
    public void Refresh(long number)
    {
        lock (_lock)
        {
            _asked = number;
            if (_wanted is null)
                NothingToRefresh();
            Wake();
        }
    }

    /// <summary>How a refresh ended; null where none did since the last look.</summary>
    public RefreshOutcome? TakeOutcome()
    {
        lock (_lock)
        {
            var outcome = _outcome;
            _outcome = null;
            return outcome;
        }
    }

    /// <summary>The candidate is in use from now on, and kept.</summary>
    public void Take(SubscriptionCandidate candidate)
    {
        lock (_lock)
        {
            if (_offered is not { } offered || offered.Candidate != candidate)
                return; // the keys name another one by now
            _offered = null;
            _counts.Taken++;
            Keep(
                offered.From, new(candidate.Text, offered.Validators, DownloadFolder.Mark(offered.From.Url), Now()),
                $"fetched, {candidate.Text.Length} bytes, in use from now on");
            Wake();
        }
    }

    /// <summary>The candidate is not used, and what was there stays.</summary>
    /// <param name="reason">Why, in one line without anything of it.</param>
    public void Refuse(SubscriptionCandidate candidate, string reason)
    {
        lock (_lock)
        {
            if (_offered is not { } offered || offered.Candidate != candidate)
                return;
            _offered = null;
            Failed(offered.From, reason);
            Wake();
        }
    }

    /// <summary>Fetches what is wanted, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Wanted? wanted;
            Validators? had;
            TimeSpan wait;
            lock (_lock)
            {
                wanted = _wanted;
                wait = wanted is null || _offered is not null ? Timeout.InfiniteTimeSpan : _asked is not null ? TimeSpan.Zero : _schedule.Wait;
                if (wait == TimeSpan.Zero)
                    (_serving, _asked) = (_asked ?? _serving, null);
                had = wanted is not null && _kept is { } kept && kept.Source == DownloadFolder.Mark(wanted.Url) ? kept.Validators : null;
            }
            if (wait != TimeSpan.Zero || wanted is null)
                await _changed.WaitAsync(wait < LongestWait ? wait : LongestWait, cancellation);
            else
                await FetchAsync(wanted, had, cancellation);
        }
    }

    private async Task FetchAsync(Wanted wanted, Validators? had, CancellationToken cancellation)
    {
        LogFetching(wanted.Name);
        var begin = clock.GetTimestamp();
        try
        {
            using var transfer = transfers.Begin(Kind, wanted.Name);
            var fetched = await fetch(wanted.Url, had, transfer, cancellation);
            LogFetched(wanted.Name, fetched.Content?.Length ?? 0, (long)clock.GetElapsedTime(begin).TotalMilliseconds);
            // Read here and not in the loop, which commits wait for.
            var problem = fetched.Content is { } content ? Subscription.Problem(content) : null;
            lock (_lock)
                Came(wanted, fetched, problem);
        }
        catch (FetchException e)
        {
            lock (_lock)
                Failed(wanted, e.Message);
        }
        // What a stranger wrote must not end the agent, again and again.
        catch (Exception e) when (e is not OperationCanceledException)
        {
            lock (_lock)
                Failed(wanted, $"this version cannot read it ({e.GetType().Name}): please report it");
        }
    }

    private void Came(Wanted wanted, Fetched fetched, string? problem)
    {
        if (wanted != _wanted)
            return; // the keys name another one by now, and that is due
        if (problem is not null)
        {
            Failed(wanted, problem);
        }
        else if (fetched.Content is not { } content || (_kept is { } kept && kept.Content.Span.SequenceEqual(content)))
        {
            _counts.Unmodified++;
            Keep(wanted, _kept! with { Validators = fetched.Validators, Source = DownloadFolder.Mark(wanted.Url), FetchedAt = Now() }, "not modified");
        }
        else
        {
            _offered = (new(wanted.Name, content), fetched.Validators, wanted);
            triggers.Raise(Trigger.Downloads);
        }
    }

    /// <param name="news">What to tell whoever asked for it.</param>
    private void Keep(Wanted wanted, Download download, string news)
    {
        (_kept, _problem, _isFailing) = (download, null, false);
        _schedule.Fetched(TimeSpan.Zero);
        try
        {
            folder.Keep(wanted.Name, download);
        }
        catch (LinuxException e)
        {
            _problem = $"is used, and cannot be kept for a restart: {e.Message}";
        }
        Answer(wanted, news);
        triggers.Raise(Trigger.Report);
    }

    private void Failed(Wanted wanted, string reason)
    {
        if (wanted != _wanted)
            return;
        _schedule.Failed();
        _isFailing = true;
        _counts.Failed++;
        _problem = $"{reason}; {(_kept is null ? "there is no earlier one" : "the one before stays in use")}, and it is fetched again";
        Answer(wanted, "");
        LogNotFetched(wanted.Name, reason, (long)_schedule.Wait.TotalSeconds);
        triggers.Raise(Trigger.Report);
    }

    /// <summary>Answers the refresh that this was, if it was one.</summary>
    /// <param name="news">What came of it, where there is no problem.</param>
    private void Answer(Wanted wanted, string news)
    {
        if (_serving is not { } number)
            return;
        _serving = null;
        _outcome = _problem is null
            ? new(number, $"subscription '{wanted.Name}': {news}", null)
            : new(number, null, $"subscription '{wanted.Name}': {_problem}");
    }

    private void NothingToRefresh()
    {
        if ((_asked ?? _serving) is not { } number)
            return;
        (_asked, _serving) = (null, null);
        _outcome = new(number, "", null);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void Wake()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }

    private static string KeyOf(string name) => $"/global/clash/subscriptions/{name}/url";

    public void Dispose() => _changed.Dispose();

    [LoggerMessage(400, LogLevel.Information, "subscription '{Name}': fetching")]
    private partial void LogFetching(string name);

    [LoggerMessage(401, LogLevel.Information, "subscription '{Name}': fetched, {Bytes} bytes that are new, in {Milliseconds} ms")]
    private partial void LogFetched(string name, int bytes, long milliseconds);

    [LoggerMessage(402, LogLevel.Warning, "subscription '{Name}': {Problem}; trying again in {Seconds} s")]
    private partial void LogNotFetched(string name, string problem, long seconds);

    [LoggerMessage(403, LogLevel.Warning, "{Problem}")]
    private partial void LogUnusable(string problem);
}
