namespace Meduza.Init.Agent.Store;

/// <summary>Something that goes on as long as a session with etcd does.</summary>
internal interface ISessionTask
{
    /// <summary>Runs until cancelled; when it fails, so does the session, and it is run again in the next one.</summary>
    Task RunAsync(EtcdConnection connection, CancellationToken cancellation);
}
