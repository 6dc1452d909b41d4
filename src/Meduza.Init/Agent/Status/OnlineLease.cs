using Meduza.Init.Agent.Store;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// <c>/updated/ID/online</c> on a lease that is kept alive: gone when the node is. A lease that is lost all the same (revoked,
/// or expired while the machine slept) is replaced by a new one.
/// </summary>
internal sealed class OnlineLease(NodeSettings settings, TimeProvider clock) : ISessionTask
{
    public async Task RunAsync(EtcdConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            var lease = await connection.PutOnLeaseAsync($"/updated/{settings.NodeId}/online", "1", settings.OnlineTtl, cancellation);
            await connection.KeepAliveAsync(lease, settings.OnlineTtl / 3, clock, cancellation);
        }
    }
}
