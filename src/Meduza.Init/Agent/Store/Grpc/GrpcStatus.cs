namespace Meduza.Init.Agent.Store.Grpc;

/// <summary>How a call ended (gRPC's <c>doc/statuscodes.md</c>): those by which etcd says what is wrong, and those of our own.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    OutOfRange = 11,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

/// <summary>A call that the server ended with another status than ok, or that was no call of gRPC at all.</summary>
/// <param name="status">Which; one that <see cref="GrpcStatus"/> does not name is possible.</param>
/// <param name="detail">The server's own words.</param>
internal sealed class GrpcException(GrpcStatus status, string detail) : Exception($"{status}: {detail}")
{
    public GrpcStatus Status => status;

    public string Detail => detail;
}
