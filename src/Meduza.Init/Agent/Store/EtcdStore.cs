using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Keys;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// etcd as the agent sees it: always there or on its way back. It keeps one session on one endpoint (watch, lease,
/// status writes) and goes round the endpoints when the session ends. After every start of a session the triggers are
/// raised, so whatever happened while there was none is looked at: a lost event costs nothing.
/// </summary>
internal sealed partial class EtcdStore(
    NodeSettings settings, Triggers triggers, IEnumerable<ISessionTask> sessionTasks, TimeProvider clock, ILogger log)
{
    private const Trigger AllRead = Trigger.Commit | Trigger.Hosts;

    private static readonly TimeSpan OutOfSpaceRetry = TimeSpan.FromSeconds(5);

    /// <summary>How long until something is asked again that was refused, and that nobody else has a reason to ask for.</summary>
    private static readonly TimeSpan RefusedRetry = TimeSpan.FromSeconds(10);

    private readonly Backoff _backoff = new(Random.Shared);
    private readonly Lock _lock = new();
    private volatile Session? _session;

    /// <summary>The newest commit that was seen, and the revision of etcd at which it was.</summary>
    private (LatestCommit Commit, long At) _seen = (LatestCommit.None, 0);
    private volatile string? _problem = "not connected yet";

    /// <summary>What was said last of an etcd that takes nothing: both tasks find it, again and again.</summary>
    private string? _outOfSpace;

    /// <summary>What was read last, and from whom: the agent's loop alone has it.</summary>
    private (EtcdConnection From, KnownKeys Keys)? _known;

    /// <summary>The newest commit that was seen.</summary>
    public LatestCommit Latest
    {
        get
        {
            lock (_lock)
                return _seen.Commit;
        }
    }

    /// <summary>Why there is no session, in words; null while there is one.</summary>
    public string? Problem => _problem;

    /// <summary>Why nothing can be written though there is a session; null otherwise.</summary>
    public string? WriteProblem => _session?.Connection.WriteProblem;

    /// <summary>True once a session has begun or could not: until then nobody knows whether etcd is there.</summary>
    public bool HasTried { get; private set; }

    /// <summary>The endpoint in use; null while there is none.</summary>
    public EtcdEndpoint? Endpoint => _session?.Connection.Endpoint;

    /// <summary>Keeps a session until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var turn = 0; !cancellation.IsCancellationRequested; turn++)
        {
            var endpoint = settings.Endpoints[turn % settings.Endpoints.Length];
            try
            {
                await RunSessionAsync(endpoint, cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                var failure = LocalEtcd.Explain(settings, EtcdErrors.Describe(e, endpoint, settings.User));
                var wasConnected = _problem is null;
                Lost(failure);
                if (wasConnected && failure.Failure is (EtcdFailure.TokenExpired or EtcdFailure.Compacted))
                {
                    // Nothing is wrong with this endpoint: read again, there, at once. One that refuses its own new token is waited for.
                    turn--;
                    continue;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(_backoff.Next(), clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// The keys as they stood at <paramref name="commit"/>. Keys that were edited later wait for their own commit. When
    /// etcd has compacted that revision away, the keys as they are now are all there is.
    /// </summary>
    /// <param name="commit">One that this session has seen.</param>
    /// <param name="whole">True to read every key, whatever was read before.</param>
    /// <exception cref="EtcdException">It cannot be read now; the triggers are raised again once it can.</exception>
    public Task<Snapshot> ReadAsync(CommitMark commit, bool whole, CancellationToken cancellation) => AskAsync(async session =>
    {
        if (!whole && session.Keys.At(commit) is { } followed)
            return followed;
        var connection = session.Connection;
        KnownKeys read;
        try
        {
            read = (whole ? null : await ReadChangesAsync(connection, commit.Revision, cancellation))
                ?? await connection.ReadKeysAsync(commit.Revision, IsWanted, cancellation);
        }
        catch (EtcdException e) when (e.Failure == EtcdFailure.Compacted)
        {
            LogCompacted(commit.Revision);
            read = await connection.ReadKeysAsync(0, IsWanted, cancellation);
        }
        _known = (connection, read);
        // What follows from here on is for the commits to come; this one need not wait for it.
        if (session.Following.IsCompleted)
            session.Following = FollowAsync(session, read, cancellation);
        return read.Snapshot;
    });

    /// <summary>Begins anew to follow the keys by what the watch tells of them: what it may have missed ends here.</summary>
    private async Task FollowAsync(Session session, KnownKeys read, CancellationToken cancellation)
    {
        session.Keys.Collect();
        try
        {
            var now = await session.Connection.ReadChangesAsync(read, 0, IsWanted, cancellation)
                ?? await session.Connection.ReadKeysAsync(0, IsWanted, cancellation);
            session.Keys.Begin(now.Snapshot);
        }
        catch (Exception e) when (e is EtcdException or OperationCanceledException)
        {
            // Then the next commit is read, and that begins it again.
            session.Keys.Stop();
        }
    }

    /// <summary>Looks which commit is the newest, without waiting for an event: the ceiling on how long a lost one can matter.</summary>
    /// <exception cref="EtcdException">It cannot be read now.</exception>
    public Task RefreshAsync(CancellationToken cancellation) => AskAsync(async session =>
    {
        var (commit, _, revision) = await session.Connection.ReadTriggersAsync(cancellation);
        Saw(commit, revision);
        return commit;
    });

    /// <summary>The host records as they are now.</summary>
    /// <exception cref="EtcdException">They cannot be read now.</exception>
    public Task<KeySpace> ReadHostsAsync(CancellationToken cancellation) =>
        AskAsync(session => session.Connection.ReadHostsAsync(cancellation));

    /// <summary>
    /// Asks for something, and sees to it that it is asked for again where there is no answer: the watch may be well, and
    /// nothing else happen for long. Where etcd does not answer, or wants a new login, the session ends, and the next one
    /// raises all triggers; where it refuses, somebody must change something, and it is asked again after a while.
    /// </summary>
    private async Task<T> AskAsync<T>(Func<Session, Task<T>> question)
    {
        var session = _session ?? throw new EtcdException(_problem ?? "not connected", EtcdFailure.Unreachable);
        try
        {
            return await question(session);
        }
        catch (EtcdException e) when (e.Failure is EtcdFailure.Unreachable or EtcdFailure.TokenExpired)
        {
            session.Broken.TrySetException(e);
            throw;
        }
        catch (EtcdException)
        {
            _ = session.AskAgainAsync();
            throw;
        }
    }

    /// <summary>Null where nothing is known to which changes could be added: another etcd, or its own past, may say otherwise.</summary>
    private async Task<KnownKeys?> ReadChangesAsync(EtcdConnection connection, long revision, CancellationToken cancellation) =>
        _known is var (from, known) && from == connection && known.Snapshot.Revision <= revision
            ? await connection.ReadChangesAsync(known, revision, IsWanted, cancellation)
            : null;

    private bool IsWanted(string key) => KeysOfInterest.Hold(settings.NodeId, key);

    private async Task RunSessionAsync(EtcdEndpoint endpoint, CancellationToken cancellation)
    {
        await using var connection = await EtcdConnection.OpenAsync(endpoint, settings, cancellation, WriteProblemChanged);
        var (commit, _, revision) = await connection.ReadTriggersAsync(cancellation);

        // A restored backup has a lower revision, and is the truth all the same.
        lock (_lock)
            _seen = (commit, revision);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var session = new Session(connection, new FollowedKeys(key => EtcdConnection.IsCommitted(key) && IsWanted(key)), triggers, clock, end.Token);
        _session = session;
        _problem = null;
        HasTried = true;
        _backoff.Reset();
        LogConnected(endpoint, revision);
        triggers.Raise(AllRead | Trigger.Report);

        List<Task> tasks =
        [
            connection.WatchAsync(commit, revision + 1, session.Keys, Committed, () => triggers.Raise(Trigger.Hosts), end.Token),
            .. sessionTasks.Select(task => KeepAtAsync(task, connection, end.Token)),
        ];
        var ended = await Task.WhenAny([.. tasks, session.Broken.Task]);
        _session = null;
        await end.CancelAsync();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    private void WriteProblemChanged()
    {
        if (WriteProblem is null)
            _outOfSpace = null;
        triggers.Raise(Trigger.Report);
    }

    /// <summary>
    /// An etcd that takes nothing (NOSPACE) can still be read, and the commits that are in it count: what has to be written
    /// is tried again, and the session goes on.
    /// </summary>
    private async Task KeepAtAsync(ISessionTask task, EtcdConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await task.RunAsync(connection, cancellation);
                return;
            }
            catch (EtcdException e) when (e.Failure == EtcdFailure.OutOfSpace)
            {
                if (Interlocked.Exchange(ref _outOfSpace, e.Message) != e.Message)
                    LogLost(e.Message);
                await Task.Delay(OutOfSpaceRetry, clock, cancellation);
            }
        }
    }

    private void Committed(LatestCommit commit, long at)
    {
        Saw(commit, at);
        triggers.Raise(Trigger.Commit);
    }

    /// <summary>What was looked up may arrive after the event of something newer, and must not take its place.</summary>
    private void Saw(LatestCommit commit, long at)
    {
        lock (_lock)
        {
            if (at >= _seen.At)
                _seen = (commit, at);
        }
    }

    private void Lost(EtcdException failure)
    {
        // One line for one problem, however often it is tried: months without etcd must not fill a disk.
        var news = _problem != failure.Message;
        _problem = failure.Message;
        HasTried = true;
        triggers.Raise(Trigger.Report);
        if (news)
            LogLost(failure.Message);
    }

    /// <summary>One connection, from the first answer to the first failure.</summary>
    private sealed class Session(EtcdConnection connection, FollowedKeys keys, Triggers triggers, TimeProvider clock, CancellationToken end)
    {
        private int _isOwed;

        public EtcdConnection Connection => connection;

        public FollowedKeys Keys => keys;

        /// <summary>The reading of what <see cref="Keys"/> begin with.</summary>
        public Task Following { get; set; } = Task.CompletedTask;

        /// <summary>Failed once somebody else than the session's own tasks found that it is of no use any more.</summary>
        public TaskCompletionSource Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Raises the triggers of all that is read after a while, once however often it is asked for.</summary>
        public async Task AskAgainAsync()
        {
            if (Interlocked.Exchange(ref _isOwed, 1) != 0)
                return;
            await Task.Delay(RefusedRetry, clock, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Exchange(ref _isOwed, 0);
            triggers.Raise(AllRead);
        }
    }

    [LoggerMessage(100, LogLevel.Information, "connected to etcd {Endpoint} at revision {Revision}")]
    private partial void LogConnected(EtcdEndpoint endpoint, long revision);

    [LoggerMessage(101, LogLevel.Warning, "{Problem}; trying again until it works")]
    private partial void LogLost(string problem);

    [LoggerMessage(102, LogLevel.Warning, "etcd has compacted revision {Revision} of the commit: using the keys as they are now")]
    private partial void LogCompacted(long revision);
}
