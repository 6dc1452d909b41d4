using System.Text;
using Meduza.Init.Agent.Store.Grpc;
using Meduza.Init.Agent.Store.Messages;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// One authenticated connection to one endpoint, and the calls that a gateway makes. It does not mend itself: whatever
/// fails is thrown as an <see cref="EtcdException"/>, and its owner opens another one.
/// </summary>
/// <remarks>
/// HTTP/2 pings notice a peer that fell silent within 12 seconds; etcd takes pings more often than every 5 seconds for
/// abuse. The packages for gRPC and Protocol Buffers would be 2 MB of binary and 5 MB of memory for these eight calls, and
/// etcd's client in C# would retry, write to the console and lose watches in silence.
/// </remarks>
internal sealed partial class EtcdConnection : IAsyncDisposable
{
    public const string CommitKey = "/commit";
    public const string GlobalPrefix = "/global/";
    public const string NodesPrefix = "/nodes/";
    public const string HostsPrefix = "/dns/hosts/";

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(6);

    private readonly EtcdEndpoint _endpoint;
    private readonly string? _user;
    private readonly EtcdTls? _tls;
    private readonly GrpcConnection _calls;
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
        _calls = new(endpoint.Uri, handler);
    }

    public EtcdEndpoint Endpoint => _endpoint;

    /// <summary>Connects, and logs in where a user is set.</summary>
    /// <exception cref="EtcdException">It cannot be reached, or refuses.</exception>
    public static async Task<EtcdConnection> OpenAsync(EtcdEndpoint endpoint, EtcdSettings settings, CancellationToken cancellation)
    {
        var connection = new EtcdConnection(endpoint, settings);
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
        // LeaseGrantResponse: ID 2.
        var lease = await CallAsync(
            EtcdRequests.LeaseGrant, EtcdRequests.LeaseGrantOf((long)ttl.TotalSeconds), answer => OneField.Number(answer, 2), cancellation);
        await CallAsync(EtcdRequests.Put, EtcdRequests.PutOf(key, Encoding.UTF8.GetBytes(value), lease), cancellation);
        return lease;
    }

    /// <summary>Keeps a lease alive until it is lost.</summary>
    /// <returns>When etcd says that the lease is gone.</returns>
    public async Task KeepAliveAsync(long lease, TimeSpan interval, TimeProvider clock, CancellationToken cancellation)
    {
        using var requests = new GrpcRequests();
        try
        {
            requests.Send(EtcdRequests.LeaseOf(lease).Written.Span);
            using var call = await _calls.BeginAsync(EtcdRequests.LeaseKeepAlive, requests, cancellation);
            // LeaseKeepAliveResponse: TTL 3.
            while (await call.NextAsync(cancellation) is { } answer && OneField.Number(answer, 3) > 0)
            {
                await Task.Delay(interval, clock, cancellation);
                requests.Send(EtcdRequests.LeaseOf(lease).Written.Span);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw Describe(e);
        }
    }

    /// <summary>Gives a lease up: its keys are gone at once.</summary>
    public Task RevokeAsync(long lease, CancellationToken cancellation) =>
        CallAsync(EtcdRequests.LeaseRevoke, EtcdRequests.LeaseOf(lease), cancellation);

    /// <summary>
    /// Watches <c>/commit</c> and the host records from <paramref name="revision"/> on, both on one stream, until it fails.
    /// </summary>
    /// <param name="committed">Called with each commit.</param>
    /// <param name="hostsChanged">Called after each change of host records.</param>
    /// <exception cref="EtcdException">Always, in the end: a watch that ends is a connection that ends.</exception>
    public async Task WatchAsync(
        long revision, Action<CommitMark> committed, Action hostsChanged, CancellationToken cancellation)
    {
        using var requests = new GrpcRequests();
        try
        {
            requests.Send(EtcdRequests.WatchOf(CommitKey, isPrefix: false, revision).Written.Span);
            requests.Send(EtcdRequests.WatchOf(HostsPrefix, isPrefix: true, revision).Written.Span);
            using var call = await _calls.BeginAsync(EtcdRequests.Watch, requests, cancellation);
            while (await call.NextAsync(cancellation) is { } message)
            {
                var answer = WatchAnswer.Read(message);
                if (answer.IsCanceled)
                    throw Canceled(answer);
                var hosts = false;
                foreach (var (isDeleted, key) in answer.Events)
                {
                    if (key.Key.Span.SequenceEqual("/commit"u8))
                        committed(isDeleted ? new("", key.ModRevision) : MarkOf(key));
                    else
                        hosts = true;
                }
                if (hosts)
                    hostsChanged();
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
        _calls.Dispose();
        _tls?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task LogInAsync(EtcdSettings settings, CancellationToken cancellation)
    {
        try
        {
            // AuthenticateResponse: token 2.
            var token = await CallAsync(
                EtcdRequests.Authenticate, EtcdRequests.AuthenticateOf(settings.User!, settings.Password), answer => OneField.Bytes(answer, 2), cancellation);
            _calls.Token = Encoding.UTF8.GetString(token.Span);
        }
        catch (EtcdException e) when (e.InnerException is GrpcException { Status: GrpcStatus.FailedPrecondition })
        {
            // Authentication is off: etcd has no token to give and asks for none.
        }
    }

    private Task<ReadOnlyMemory<byte>> CallAsync(string method, ProtobufWriter request, CancellationToken cancellation) =>
        CallAsync(method, request, answer => answer, cancellation);

    /// <remarks>The time-out is a monotonic one of ours; a deadline of gRPC's is told to the server, which has nothing to do with it.</remarks>
    private async Task<T> CallAsync<T>(string method, ProtobufWriter request, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(CallTimeout);
        try
        {
            var answer = read(await _calls.CallAsync(method, request.Written, timeout.Token));
            _answered = true;
            return answer;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw Describe(e);
        }
    }

    private EtcdException Describe(Exception error) => EtcdErrors.Describe(error, _endpoint, _user, _tls?.Problem, _answered);

    private EtcdException Canceled(WatchAnswer answer) =>
        answer.CompactRevision > 0
            ? new("the revision watched from is compacted", EtcdFailure.Compacted)
            : answer.CancelReason.Contains("auth token", StringComparison.Ordinal)
                ? new("the login at etcd expired", EtcdFailure.TokenExpired)
                : answer.CancelReason.Contains("permission denied", StringComparison.Ordinal)
                    ? Describe(new GrpcException(GrpcStatus.PermissionDenied, answer.CancelReason))
                    : new($"etcd {_endpoint} ended the watch: {answer.CancelReason}", EtcdFailure.Unreachable);
}
