using System.Collections.Immutable;
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
    private static readonly TimeSpan OutOfSpaceRetry = TimeSpan.FromSeconds(5);

    private readonly Backoff _backoff = new(Random.Shared);
    private volatile EtcdConnection? _connection;
    private volatile CommitMark _latest = CommitMark.None;
    private volatile string? _problem = "not connected yet";

    /// <summary>What was said last of an etcd that takes nothing: both tasks find it, again and again.</summary>
    private string? _outOfSpace;

    /// <summary>What was read last, and from whom: the agent's loop alone has it.</summary>
    private (EtcdConnection From, KnownKeys Keys)? _known;

    /// <summary>The newest commit that was seen.</summary>
    public CommitMark Latest => _latest;

    /// <summary>Why there is no session, in words; null while there is one.</summary>
    public string? Problem => _problem;

    /// <summary>Why nothing can be written though there is a session; null otherwise.</summary>
    public string? WriteProblem => _connection?.WriteProblem;

    /// <summary>True once a session has begun or could not: until then nobody knows whether etcd is there.</summary>
    public bool HasTried { get; private set; }

    /// <summary>The endpoint in use; null while there is none.</summary>
    public EtcdEndpoint? Endpoint => _connection?.Endpoint;

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
    public async Task<Snapshot> ReadAsync(CommitMark commit, bool whole, CancellationToken cancellation)
    {
        var connection = Connection();
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
        return read.Snapshot;
    }

    /// <summary>Looks which commit is the newest, without waiting for an event: the ceiling on how long a lost one can matter.</summary>
    /// <exception cref="EtcdException">It cannot be read now.</exception>
    public async Task RefreshAsync(CancellationToken cancellation) =>
        _latest = (await Connection().ReadTriggersAsync(cancellation)).Commit;

    /// <summary>The host records as they are now.</summary>
    /// <exception cref="EtcdException">They cannot be read now.</exception>
    public Task<ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>> ReadHostsAsync(
        CancellationToken cancellation) => Connection().ReadHostsAsync(cancellation);

    /// <summary>Null where nothing is known to which changes could be added: another etcd, or its own past, may say otherwise.</summary>
    private async Task<KnownKeys?> ReadChangesAsync(EtcdConnection connection, long revision, CancellationToken cancellation) =>
        _known is var (from, known) && from == connection && known.Snapshot.Revision <= revision
            ? await connection.ReadChangesAsync(known, revision, IsWanted, cancellation)
            : null;

    private bool IsWanted(string key) => KeysOfInterest.Hold(settings.NodeId, key);

    private EtcdConnection Connection() =>
        _connection ?? throw new EtcdException(_problem ?? "not connected", EtcdFailure.Unreachable);

    private async Task RunSessionAsync(EtcdEndpoint endpoint, CancellationToken cancellation)
    {
        await using var connection = await EtcdConnection.OpenAsync(endpoint, settings, cancellation, WriteProblemChanged);
        var (commit, _, revision) = await connection.ReadTriggersAsync(cancellation);

        // A restored backup has a lower revision, and is the truth all the same.
        _latest = commit;
        _connection = connection;
        _problem = null;
        HasTried = true;
        _backoff.Reset();
        LogConnected(endpoint, revision);
        triggers.Raise(Trigger.Commit | Trigger.Hosts | Trigger.Report);

        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> tasks = [connection.WatchAsync(revision + 1, Committed, () => triggers.Raise(Trigger.Hosts), session.Token)];
        tasks.AddRange(sessionTasks.Select(task => KeepAtAsync(task, connection, session.Token)));
        var ended = await Task.WhenAny(tasks);
        _connection = null;
        await session.CancelAsync();
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

    private void Committed(CommitMark commit)
    {
        _latest = commit;
        triggers.Raise(Trigger.Commit);
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

    [LoggerMessage(100, LogLevel.Information, "connected to etcd {Endpoint} at revision {Revision}")]
    private partial void LogConnected(EtcdEndpoint endpoint, long revision);

    [LoggerMessage(101, LogLevel.Warning, "{Problem}; trying again until it works")]
    private partial void LogLost(string problem);

    [LoggerMessage(102, LogLevel.Warning, "etcd has compacted revision {Revision} of the commit: using the keys as they are now")]
    private partial void LogCompacted(long revision);
}
