using Meduza.Init.Agent.Store;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// <c>/updated/ID/online</c> on a lease that is kept alive: gone when the node is. A lease that is lost all the same (revoked,
/// or expired while the machine slept) is replaced by a new one. A node that is stopped says so at once.
/// </summary>
/// <param name="stopping">Cancelled when the node stops, and not when a session merely ends.</param>
internal sealed class OnlineLease(NodeSettings settings, TimeProvider clock, CancellationToken stopping) : ISessionTask
{
    /// <summary>An etcd that does not answer must not hold the stop up; the lease runs out by itself.</summary>
    private static readonly TimeSpan LastWordTimeout = TimeSpan.FromSeconds(1);

    public async Task RunAsync(EtcdConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            var lease = await connection.PutOnLeaseAsync($"/updated/{settings.NodeId}/online", "1", settings.OnlineTtl, cancellation);
            try
            {
                await connection.KeepAliveAsync(lease, settings.OnlineTtl / 3, clock, cancellation);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                using var patience = new CancellationTokenSource(LastWordTimeout);
                await connection.RevokeAsync(lease, patience.Token);
                throw;
            }
        }
    }
}
