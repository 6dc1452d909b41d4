using System.Collections.Immutable;
using Grpc.Core;
using Meduza.Gateway.Model;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Cli.KeyFiles;

/// <summary>The keys in etcd, for the command line: at the first endpoint that answers, and what goes wrong is one line.</summary>
internal sealed class KeyAccess : IAsyncDisposable
{
    /// <summary>What gateways write.</summary>
    public const string GatewaysPrefix = "/updated/";

    /// <summary>What operators write, and gateways read. The rest of etcd is its own: <c>/commit</c>, and what gateways write.</summary>
    public static ImmutableArray<string> OperatorPrefixes { get; } =
        [EtcdConnection.GlobalPrefix, EtcdConnection.NodesPrefix, EtcdConnection.HostsPrefix];

    /// <summary>What gateways and commits write into etcd, which no file of keys carries over: <c>/updated/</c>, <c>/commit</c> and what waits below it.</summary>
    public static bool IsGateways(string key) =>
        key.StartsWith(GatewaysPrefix, StringComparison.Ordinal) || key is EtcdConnection.CommitKey or EtcdConnection.ConfirmKey;

    private readonly EtcdConnection _connection;

    private KeyAccess(EtcdConnection connection) => _connection = connection;

    /// <summary>The endpoint that answered.</summary>
    public EtcdEndpoint Endpoint => _connection.Endpoint;

    /// <summary>Connects by the environment of <paramref name="session"/>, as the gateway itself does.</summary>
    /// <exception cref="CommandException">A setting is wrong, or no endpoint answers.</exception>
    public static async Task<KeyAccess> OpenAsync(Session session, CancellationToken cancellation)
    {
        var settings = EtcdSettings.Parse(session.Variable, out var errors) ?? throw new CommandException(string.Join("; ", errors));
        EtcdException? first = null;
        foreach (var endpoint in settings.Endpoints)
        {
            EtcdConnection? connection = null;
            try
            {
                connection = await EtcdConnection.OpenAsync(endpoint, settings, cancellation);
                // Opening alone does not connect. The commit's key is one that every user of ours may read.
                await connection.ReadTriggersAsync(cancellation);
                return new(connection);
            }
            catch (EtcdException e)
            {
                first ??= LocalEtcd.Explain(settings, e);
                if (connection is not null)
                    await connection.DisposeAsync();
            }
        }
        throw Fault(first!);
    }

    /// <summary>All keys under the prefixes, at one revision.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public Task<Snapshot> ReadAsync(IReadOnlyList<string> prefixes, CancellationToken cancellation) =>
        GuardAsync(() => _connection.ReadAsync(prefixes, 0, cancellation));

    /// <summary>Writes and deletes keys in one transaction of at most <see cref="EtcdConnection.MostOperations"/>.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public Task WriteAsync(
        IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> puts, IEnumerable<string> deletes, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            await _connection.WriteAsync(puts, deletes, cancellation);
            return true;
        });

    /// <summary>Commits the keys as they were seen.</summary>
    /// <param name="confirm">Within how many seconds it is to be confirmed; null for a commit that is not.</param>
    /// <returns>The revision of the commit; null where keys were written meanwhile.</returns>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public Task<long?> CommitAsync(string value, long seen, int? confirm, CancellationToken cancellation) =>
        GuardAsync(() => _connection.CommitAsync(value, seen, confirm, cancellation));

    /// <summary>The newest commit, and whether it waits for its confirmation.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public Task<LatestCommit> LatestCommitAsync(CancellationToken cancellation) =>
        GuardAsync(async () => (await _connection.ReadTriggersAsync(cancellation)).Commit);

    /// <summary>Confirms a commit, if it still waits for that.</summary>
    /// <returns>The revision of the confirmation; null where it does not.</returns>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public Task<long?> ConfirmAsync(CommitMark commit, CancellationToken cancellation) =>
        GuardAsync(() => _connection.ConfirmAsync(commit, cancellation));

    /// <summary>The names of the keys under a prefix.</summary>
    /// <exception cref="CommandException">They cannot be read.</exception>
    public Task<ImmutableArray<string>> ListAsync(string prefix, CancellationToken cancellation) =>
        GuardAsync(async () => (ImmutableArray<string>)[.. (await _connection.ListAsync(prefix, cancellation)).Keys]);

    /// <summary>Tells of what gateways write, until cancelled.</summary>
    /// <param name="revision">From which on.</param>
    /// <param name="written">Called with each key and its value.</param>
    /// <exception cref="CommandException">etcd is lost.</exception>
    public Task WatchGatewaysAsync(long revision, Action<string, string> written, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            await _connection.WatchAsync(GatewaysPrefix, revision, written, cancellation);
            return true;
        });

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<T> GuardAsync<T>(Func<Task<T>> access)
    {
        try
        {
            return await access();
        }
        catch (EtcdException e)
        {
            throw Fault(e);
        }
    }

    // What a gateway needs is not what an operator needs.
    private static CommandException Fault(EtcdException e) => new(e.InnerException is RpcException { StatusCode: StatusCode.PermissionDenied }
        ? "etcd does not let this user do that: name another one in ETCD_USER and ETCD_PASS, or grant it"
        : e.Message);
}
