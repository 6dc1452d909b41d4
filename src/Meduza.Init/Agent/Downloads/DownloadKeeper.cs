using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Linux;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Downloads;

/// <summary>
/// Keeps what is downloaded of one kind that the keys name: fetches each when it is not there and again by its interval, a few at
/// once, beside the loop that reconciles. What came is there for the loop when all that was due has come, so that a program
/// that reads several is told once; one that takes its time holds the others up for <see cref="LongestGathering"/> only. What is
/// to be judged is there for the loop as a candidate, to be taken or refused.
/// </summary>
internal sealed partial class DownloadKeeper(
    DownloadKind kind, IDownloadSource source, Transfers transfers, Triggers triggers, TimeProvider clock, Random random, ILogger log) : IDisposable
{
    /// <summary>How many are fetched at once.</summary>
    public const int MostAtOnce = 4;

    /// <summary>How long what has come waits for what comes with it.</summary>
    public static readonly TimeSpan LongestGathering = TimeSpan.FromSeconds(30);

    /// <summary>How long what is wanted no more is kept.</summary>
    public static readonly TimeSpan KeptUnwanted = TimeSpan.FromDays(30);

    // What a wait can be at most is less than an interval can be.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <summary>By name.</summary>
    private readonly SortedDictionary<string, DownloadEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Names for which a fetch is under way, also one that is wanted no more.</summary>
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, string> _ready = ImmutableDictionary<string, string>.Empty;

    /// <summary>When the first came of those that are not in <see cref="_ready"/>; null where all are.</summary>
    private long? _gatheringSince;

    /// <summary>Where the content of each lies that is a file and is there, by name, for programs to read.</summary>
    public ImmutableDictionary<string, string> Ready
    {
        get
        {
            lock (_lock)
                return _ready;
        }
    }

    /// <summary>How it stands with each.</summary>
    public ImmutableArray<DownloadState> States
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values.Select(entry => entry.State(kind.Name))];
        }
    }

    /// <summary>Why some are not the newest.</summary>
    public ImmutableArray<KeyFinding> Problems
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values.Where(entry => entry.Problem is not null).Select(entry => kind.Finding(entry.Wanted.Name, entry.Problem!))];
        }
    }

    /// <summary>True when one that is wanted could not be had when it was last tried.</summary>
    public bool HasFailed(string name)
    {
        lock (_lock)
            return _entries.GetValueOrDefault(name)?.IsFailing == true;
    }

    /// <summary>Says which are to be there. What is kept of them is ready when this returns.</summary>
    /// <param name="wanted">Each name once.</param>
    /// <param name="interval">From one fetch to the next; null where each is fetched once.</param>
    public void Want(ImmutableArray<WantedDownload> wanted, TimeSpan? interval)
    {
        lock (_lock)
        {
            if (wanted.Length == _entries.Count && wanted.All(file => _entries.TryGetValue(file.Name, out var entry) && entry.Wanted == file && entry.Schedule.Interval == interval))
                return;
            var names = wanted.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _entries.Values.Where(entry => !names.Contains(entry.Wanted.Name)).ToList())
                Forget(gone);
            foreach (var one in wanted)
            {
                // From elsewhere now: what is there serves until that answers.
                var before = _entries.GetValueOrDefault(one.Name);
                if (before is not null && before.Wanted != one)
                    Forget(before);
                if (before?.Wanted != one)
                    _entries[one.Name] = Begin(one, before?.Wanted.Reading == one.Reading ? before.Kept : null);
                _entries[one.Name].Schedule.Interval = interval;
            }
            Show();
            Sweep(names);
            AnswerWhenOver();
            Wake();
        }
    }

    /// <summary>Another way to the servers is there: those that failed are tried again at once.</summary>
    public void TryAgain()
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Values.Where(entry => entry.IsFailing))
                entry.Schedule.Now();
            Wake();
        }
    }

    /// <summary>Fetches what is wanted, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var wait = StartDue(cancellation);
                await _changed.WaitAsync(wait < LongestWait ? wait : LongestWait, cancellation);
            }
        }
        finally
        {
            Task[] running;
            lock (_lock)
                running = [.. _running.Values];
            await Task.WhenAll(running);
        }
    }

    /// <returns>How long until something is to be done.</returns>
    private TimeSpan StartDue(CancellationToken cancellation)
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Values.Where(entry => entry.Wait == TimeSpan.Zero && !_running.ContainsKey(entry.Wanted.Name)))
            {
                if (_running.Count == MostAtOnce)
                    break;
                (entry.IsServing, entry.IsAsked) = (entry.IsAsked, false);
                _running[entry.Wanted.Name] = Task.Run(() => FetchAsync(entry, cancellation), CancellationToken.None);
            }
            var gathering = Gather();
            return _entries.Values.Where(entry => !_running.ContainsKey(entry.Wanted.Name)).Select(entry => entry.Wait)
                .Append(gathering)
                .Where(wait => wait != Timeout.InfiniteTimeSpan && (wait != TimeSpan.Zero || _running.Count < MostAtOnce))
                .DefaultIfEmpty(LongestWait).Min();
        }
    }

    /// <summary>Makes ready what has come, when all has come that is under way, or it has waited long enough.</summary>
    /// <returns>How long it waits still; infinite where nothing does.</returns>
    private TimeSpan Gather()
    {
        if (_gatheringSince is not { } since)
            return Timeout.InfiniteTimeSpan;
        var rest = LongestGathering - clock.GetElapsedTime(since);
        if (_running.Count > 0 && rest > TimeSpan.Zero)
            return rest;
        Show();
        triggers.Raise(Trigger.Downloads);
        AnswerWhenOver();
        return Timeout.InfiniteTimeSpan;
    }

    /// <summary>What is wanted no more stays for a while: naming it again, or going back to a commit that does, needs no server.</summary>
    private void Sweep(IEnumerable<string> names)
    {
        try
        {
            source.Sweep(names, clock.GetUtcNow() - KeptUnwanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnswept(kind.Several, source.Folder);
        }
    }

    private void Show()
    {
        _gatheringSince = null;
        _ready = _entries.Values.Where(entry => entry.Kept is KeptFile).ToImmutableDictionary(entry => entry.Wanted.Name, entry => ((KeptFile)entry.Kept!).Path, StringComparer.Ordinal);
    }

    private DownloadEntry Begin(WantedDownload wanted, KeptCopy? before)
    {
        var entry = new DownloadEntry(wanted, new FetchSchedule(clock, random)) { Kept = before ?? source.Load(wanted, LogUnusable), IsAsked = _refresh is not null };
        if (entry.Kept is { } kept && kept.Source == DownloadFolder.Mark(wanted.Url))
            entry.Schedule.Fetched(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(kept.FetchedAt));
        return entry;
    }

    private void Forget(DownloadEntry entry)
    {
        entry.End.Cancel();
        _entries.Remove(entry.Wanted.Name);
    }

    private async Task FetchAsync(DownloadEntry entry, CancellationToken cancellation)
    {
        var (name, begin) = (entry.Wanted.Name, clock.GetTimestamp());
        Action came = () => { };
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, entry.End.Token);
            using var transfer = transfers.Begin(kind.Name, name);
            LogFetching(kind.Words, name);
            var fetched = await source.FetchAsync(entry.Wanted, entry.Kept, transfer, end.Token);
            came = () => Came(entry, fetched, (long)clock.GetElapsedTime(begin).TotalMilliseconds);
        }
        catch (OperationCanceledException)
        {
            // It is wanted no more.
        }
        catch (FetchException e)
        {
            came = () => Failed(entry, e.Message);
        }
        // What a stranger wrote must not end the agent, again and again.
        catch (Exception e)
        {
            came = () => Failed(entry, $"this version cannot fetch it ({e.GetType().Name}): please report it");
        }
        lock (_lock)
        {
            _running.Remove(name);
            if (_entries.GetValueOrDefault(name) == entry)
                came();
            AnswerWhenOver();
            Wake();
        }
    }

    private void Came(DownloadEntry entry, FetchedCopy fetched, long milliseconds)
    {
        // What kept this one back may be over for the others, too: so they come together.
        foreach (var other in _entries.Values.Where(other => entry.IsFailing && other != entry && other.IsFailing))
            other.Schedule.Now();
        if (fetched.IsNew)
            LogFetched(kind.Words, entry.Wanted.Name, fetched.Way, fetched.Copy.Size, milliseconds);
        else
            LogUnmodified(kind.Words, entry.Wanted.Name, fetched.Way, milliseconds);
        if (fetched.IsNew && source is IJudgedSource)
        {
            entry.Offered = fetched.Copy;
            triggers.Raise(Trigger.Downloads);
            return;
        }
        if (fetched.IsNew)
            _gatheringSince ??= clock.GetTimestamp();
        InUse(entry, fetched.Copy, fetched.IsNew);
    }

    /// <summary>It is the one to use from now on.</summary>
    private void InUse(DownloadEntry entry, KeptCopy copy, bool isNew)
    {
        (entry.Kept, entry.Offered, entry.Problem, entry.IsFailing) = (copy, null, null, false);
        entry.Schedule.Fetched(TimeSpan.Zero);
        if (isNew)
            entry.Taken++;
        else
            entry.Unmodified++;
        try
        {
            (source as IJudgedSource)?.Keep(entry.Wanted.Name, copy);
        }
        catch (LinuxException e)
        {
            entry.Problem = $"is used, and cannot be kept for a restart: {e.Message}";
        }
        if (entry.IsServing && _refresh is { } refresh)
            _refresh = Told(refresh with { New = isNew ? refresh.New + 1 : refresh.New, Same = isNew ? refresh.Same : refresh.Same + 1 }, entry);
        entry.IsServing = false;
        triggers.Raise(Trigger.Report);
    }

    private void Failed(DownloadEntry entry, string reason)
    {
        entry.Schedule.Failed();
        entry.Offered = null;
        entry.IsFailing = true;
        entry.FailedTimes++;
        entry.Problem = $"{reason}; {(entry.Kept is null ? "there is no earlier one" : "the one before stays in use")}, and it is fetched again";
        if (entry.IsServing && _refresh is { } refresh)
            _refresh = Told(refresh, entry);
        entry.IsServing = false;
        LogNotFetched(kind.Words, entry.Wanted.Name, reason, (long)entry.Schedule.Wait.TotalSeconds);
        triggers.Raise(Trigger.Report);
    }

    private void Wake()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }

    public void Dispose() => _changed.Dispose();

    [LoggerMessage(404, LogLevel.Information, "{Kind} '{Name}': fetching")]
    private partial void LogFetching(string kind, string name);

    [LoggerMessage(405, LogLevel.Information, "{Kind} '{Name}': fetched {Way}, {Bytes} bytes that are new, in {Milliseconds} ms")]
    private partial void LogFetched(string kind, string name, string way, long bytes, long milliseconds);

    [LoggerMessage(406, LogLevel.Information, "{Kind} '{Name}': not modified, asked {Way}, in {Milliseconds} ms")]
    private partial void LogUnmodified(string kind, string name, string way, long milliseconds);

    [LoggerMessage(407, LogLevel.Warning, "{Kind} '{Name}': {Problem}; trying again in {Seconds} s")]
    private partial void LogNotFetched(string kind, string name, string problem, long seconds);

    [LoggerMessage(409, LogLevel.Warning, "{Kind} that are wanted no more cannot be deleted in {Folder}: see who may write there")]
    private partial void LogUnswept(string kind, string folder);

    [LoggerMessage(408, LogLevel.Warning, "{Problem}")]
    private partial void LogUnusable(string problem);
}
