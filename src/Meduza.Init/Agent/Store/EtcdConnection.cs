using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// One authenticated connection to one endpoint, and the calls that a gateway makes. It does not mend itself: whatever
/// fails is thrown as an <see cref="EtcdException"/>, and its owner opens another one.
/// </summary>
/// <remarks>
/// The calls are stubs made from <c>etcd.proto</c>, which has what a gateway uses of etcd's interface. HTTP/2 pings notice a
/// peer that fell silent within 12 seconds; etcd takes pings more often than every 5 seconds for abuse.
/// </remarks>
internal sealed partial class EtcdConnection : IAsyncDisposable
{
    public const string CommitKey = "/commit";

    /// <summary>Written with <see cref="CommitKey"/> in one transaction by <c>meduza commit --confirm</c>, and deleted by <c>meduza confirm</c>.</summary>
    public const string ConfirmKey = "/commit/confirm";
    public const string GlobalPrefix = "/global/";
    public const string NodesPrefix = "/nodes/";
    public const string HostsPrefix = "/dns/hosts/";

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(6);

    /// <summary>Longest answer accepted, in bytes: a fleet of thousands fits, an endless one ends the call.</summary>
    private const int MaxAnswer = 64 << 20;

    private readonly EtcdEndpoint _endpoint;
    private readonly string? _user;
    private readonly EtcdTls? _tls;
    private readonly GrpcChannel _channel;
    private readonly KV.KVClient _kv;
    private readonly Watch.WatchClient _watch;
    private readonly Lease.LeaseClient _lease;
    private readonly Metadata _headers = [];

    /// <summary>
    /// Of a stream: etcd ends it when the member is cut off from the majority (<c>rpctypes.MetadataRequireLeaderKey</c>).
    /// Such a member answers pings, and would never tell of anything again.
    /// </summary>
    private readonly Metadata _streamHeaders = new() { { "hasleader", "true" } };
    private volatile bool _answered;

    private EtcdConnection(EtcdEndpoint endpoint, EtcdSettings settings)
    {
        _endpoint = endpoint;
        _user = settings.User;
        _tls = endpoint.IsTls ? new EtcdTls(settings) : null;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectTimeout = CallTimeout,
            KeepAlivePingDelay = PingInterval,
            KeepAlivePingTimeout = PingInterval,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        };
        if (_tls is not null)
            handler.SslOptions = _tls.Options;
        _channel = GrpcChannel.ForAddress(endpoint.Uri, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxAnswer,
            ThrowOperationCanceledOnCancellation = true,
        });
        _kv = new(_channel);
        _watch = new(_channel);
        _lease = new(_channel);
    }

    public EtcdEndpoint Endpoint => _endpoint;

    /// <summary>Why nothing can be written, though all can be read; null while it can.</summary>
    public string? WriteProblem { get; private set; }

    /// <summary>Called when <see cref="WriteProblem"/> has come or gone.</summary>
    public Action? WriteProblemChanged { get; init; }

    /// <summary>Connects, and logs in where a user is set.</summary>
    /// <exception cref="EtcdException">It cannot be reached, or refuses.</exception>
    public static async Task<EtcdConnection> OpenAsync(
        EtcdEndpoint endpoint, EtcdSettings settings, CancellationToken cancellation, Action? writeProblemChanged = null)
    {
        var connection = new EtcdConnection(endpoint, settings) { WriteProblemChanged = writeProblemChanged };
        try
        {
            if (settings.User is not null)
                await connection.LogInAsync(settings, cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts <paramref name="key"/> on a new lease of <paramref name="ttl"/>.</summary>
    /// <returns>The lease, to be kept alive.</returns>
    public async Task<long> PutOnLeaseAsync(string key, string value, TimeSpan ttl, CancellationToken cancellation)
    {
        var granted = await WriteAsync(
            options => _lease.LeaseGrantAsync(new() { TTL = (long)ttl.TotalSeconds }, options), cancellation);
        var put = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value), Lease = granted.ID };
        await WriteAsync(options => _kv.PutAsync(put, options), cancellation);
        return granted.ID;
    }

    /// <summary>Keeps a lease alive until it is lost.</summary>
    /// <returns>When etcd says that the lease is gone.</returns>
    public async Task KeepAliveAsync(long lease, TimeSpan interval, TimeProvider clock, CancellationToken cancellation)
    {
        using var call = _lease.LeaseKeepAlive(new CallOptions(_streamHeaders, cancellationToken: cancellation));
        try
        {
            while (true)
            {
                await call.RequestStream.WriteAsync(new() { ID = lease }, cancellation);
                if (!await call.ResponseStream.MoveNext(cancellation) || call.ResponseStream.Current.TTL <= 0)
                    return;
                await Task.Delay(interval, clock, cancellation);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw Describe(e);
        }
    }

    /// <summary>Gives a lease up: its keys are gone at once.</summary>
    public Task RevokeAsync(long lease, CancellationToken cancellation) =>
        CallAsync(options => _lease.LeaseRevokeAsync(new() { ID = lease }, options), cancellation);

    /// <summary>
    /// Watches <c>/commit</c>, its confirmation, the host records and the keys that commits are about from
    /// <paramref name="revision"/> on, until it fails. All in one range, from the first of them to the last: of one range etcd
    /// tells in the order of revisions, of several it does not. Who has no right to what lies between them follows no keys.
    /// </summary>
    /// <param name="known">The commit before that revision.</param>
    /// <param name="keys">Given all changes of keys, those of a commit before <paramref name="committed"/> is called.</param>
    /// <param name="committed">Called with what it is after each change, and the revision of that.</param>
    /// <param name="hostsChanged">Called after each change of host records.</param>
    /// <exception cref="EtcdException">Always, in the end: a watch that ends is a connection that ends.</exception>
    public async Task WatchAsync(
        LatestCommit known, long revision, FollowedKeys keys, Action<LatestCommit, long> committed, Action hostsChanged, CancellationToken cancellation)
    {
        try
        {
            var all = new WatchCreateRequest { Key = ByteString.CopyFromUtf8(CommitKey), RangeEnd = KeyRange.EndOfPrefix(NodesPrefix) };
            await WatchAsync([all], revision, changes =>
            {
                keys.Take(changes.Select(ChangeOf));
                Tell(changes);
            }, cancellation);
        }
        catch (EtcdException e) when (e.Failure == EtcdFailure.Refused)
        {
            await WatchAsync([LatestCommit.Range.Clone(), Below(HostsPrefix)], revision, Tell, cancellation);
        }

        void Tell(IEnumerable<Event> changes)
        {
            var latest = known.After(changes);
            if (latest != known)
                committed(known = latest, changes.Max(change => change.Kv.ModRevision));
            if (changes.Any(change => change.Kv.Key.Span.StartsWith("/dns/hosts/"u8)))
                hostsChanged();
        }
    }

    /// <summary>Watches all keys below <paramref name="prefix"/> from <paramref name="revision"/> on, until it fails.</summary>
    /// <param name="written">Called with each key that is written, and its value.</param>
    /// <inheritdoc cref="WatchAsync(LatestCommit, long, FollowedKeys, Action{LatestCommit, long}, Action, CancellationToken)"/>
    public Task WatchAsync(string prefix, long revision, Action<string, string> written, CancellationToken cancellation) =>
        WatchAsync([Below(prefix)], revision, changes =>
        {
            foreach (var change in changes.Where(change => change.Type == Event.Types.EventType.Put))
                written(change.Kv.Key.ToStringUtf8(), change.Kv.Value.ToStringUtf8());
        }, cancellation);

    private async Task WatchAsync(
        IReadOnlyList<WatchCreateRequest> ranges, long revision, Action<IReadOnlyCollection<Event>> changed, CancellationToken cancellation)
    {
        using var call = _watch.Watch(new CallOptions(_streamHeaders, cancellationToken: cancellation));
        try
        {
            foreach (var range in ranges)
                await call.RequestStream.WriteAsync(Create(range, revision), cancellation);
            while (await call.ResponseStream.MoveNext(cancellation))
            {
                var response = call.ResponseStream.Current;
                if (response.Canceled)
                    throw Canceled(response);
                changed(response.Events);
            }
            throw new EtcdException($"etcd {_endpoint} ended the watch", EtcdFailure.Unreachable);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw Describe(e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _tls?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task LogInAsync(EtcdSettings settings, CancellationToken cancellation)
    {
        var auth = new Auth.AuthClient(_channel);
        try
        {
            var answer = await CallAsync(
                options => auth.AuthenticateAsync(new() { Name = settings.User, Password = settings.Password }, options), cancellation);
            _headers.Add("token", answer.Token);
            _streamHeaders.Add("token", answer.Token);
        }
        catch (EtcdException e) when (e.InnerException is RpcException { StatusCode: StatusCode.FailedPrecondition })
        {
            // Authentication is off: etcd has no token to give and asks for none.
        }
    }

    private async Task<T> WriteAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        try
        {
            var answer = await CallAsync(call, cancellation);
            SetWriteProblem(null);
            return answer;
        }
        catch (EtcdException e) when (e.Failure == EtcdFailure.OutOfSpace)
        {
            SetWriteProblem(e.Message);
            throw;
        }
    }

    private void SetWriteProblem(string? problem)
    {
        if (WriteProblem == problem)
            return;
        WriteProblem = problem;
        WriteProblemChanged?.Invoke();
    }

    /// <remarks>The time-out is a monotonic one: gRPC's own deadline follows the wall clock, which may jump.</remarks>
    private async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(CallTimeout);
        try
        {
            var answer = await call(new CallOptions(_headers, cancellationToken: timeout.Token));
            _answered = true;
            return answer;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw Describe(e);
        }
    }

    private EtcdException Describe(Exception error) => EtcdErrors.Describe(error, _endpoint, _user, _tls?.Problem, _answered);

    private EtcdException Canceled(WatchResponse response) =>
        response.CompactRevision > 0
            ? new("the revision watched from is compacted", EtcdFailure.Compacted)
            : response.CancelReason.Contains("auth token", StringComparison.Ordinal)
                ? new("the login at etcd expired", EtcdFailure.TokenExpired)
                : response.CancelReason.Contains("permission denied", StringComparison.Ordinal)
                    ? Describe(new RpcException(new Grpc.Core.Status(StatusCode.PermissionDenied, response.CancelReason)))
                    : new($"etcd {_endpoint} ended the watch: {response.CancelReason}", EtcdFailure.Unreachable);

    private static WatchCreateRequest Below(string prefix) =>
        new() { Key = ByteString.CopyFromUtf8(prefix), RangeEnd = KeyRange.EndOfPrefix(prefix) };

    private static WatchRequest Create(WatchCreateRequest create, long revision)
    {
        create.StartRevision = revision;
        create.ProgressNotify = true;
        return new() { CreateRequest = create };
    }
}
