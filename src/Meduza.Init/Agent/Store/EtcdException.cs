namespace Meduza.Init.Agent.Store;

/// <summary>What etcd, or the way to it, refused; <see cref="Exception.Message"/> is for the operator, remedy included.</summary>
internal sealed class EtcdException(string message, EtcdFailure failure, Exception? cause = null) : Exception(message, cause)
{
    public EtcdFailure Failure { get; } = failure;
}

/// <summary>What the agent must tell apart.</summary>
internal enum EtcdFailure
{
    /// <summary>Another endpoint, or the same one later, may answer.</summary>
    Unreachable,

    /// <summary>The operator must change something; trying again is right all the same.</summary>
    Refused,

    /// <summary>Nothing can be written until somebody makes room; reading goes on.</summary>
    OutOfSpace,

    /// <summary>The token is no longer known (etcd restarted, or it expired): authenticate again.</summary>
    TokenExpired,

    /// <summary>The revision asked for is compacted away.</summary>
    Compacted,
}
