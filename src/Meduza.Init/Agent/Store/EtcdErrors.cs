using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Grpc.Core;

namespace Meduza.Init.Agent.Store;

/// <summary>
/// Turns what gRPC, HTTP, TLS and sockets throw into one sentence for the operator. The framework's own messages are
/// compiled out of the binary, so none of them may reach a log line.
/// </summary>
internal static class EtcdErrors
{
    /// <param name="error">What was thrown.</param>
    /// <param name="endpoint">Where.</param>
    /// <param name="user">The user in use, null without authentication.</param>
    /// <param name="certificateProblem">What the check of the server's certificate found, null when it was fine.</param>
    /// <param name="answered">True when this connection has worked before: then its end is no sign of a wrong setting.</param>
    public static EtcdException Describe(
        Exception error, EtcdEndpoint endpoint, string? user = null, string? certificateProblem = null, bool answered = false) => error switch
    {
        EtcdException known => known,
        RpcException rpc => OfRpc(rpc, endpoint, user, certificateProblem, answered),
        CryptographicException => new(
            "ETCD_CERT or ETCD_KEY cannot be read: both must be PEM, and the key must belong to the certificate", EtcdFailure.Refused, error),
        OperationCanceledException => Unreachable(endpoint, "does not answer", error),
        _ => OfTransport(error, endpoint, certificateProblem, answered),
    };

    private static EtcdException OfRpc(
        RpcException rpc, EtcdEndpoint endpoint, string? user, string? certificateProblem, bool answered)
    {
        var detail = rpc.Status.Detail;
        bool Says(string text) => detail.Contains(text, StringComparison.Ordinal);
        return rpc.StatusCode switch
        {
            StatusCode.Unauthenticated or StatusCode.InvalidArgument when Says("invalid auth token") =>
                new("the login at etcd expired", EtcdFailure.TokenExpired, rpc),
            StatusCode.InvalidArgument when Says("authentication failed") =>
                new($"etcd {endpoint} does not accept user '{user}' with this password: check ETCD_USER and ETCD_PASS", EtcdFailure.Refused, rpc),
            StatusCode.InvalidArgument when Says("user name is empty") =>
                new($"etcd {endpoint} wants a login: set ETCD_USER and ETCD_PASS", EtcdFailure.Refused, rpc),
            StatusCode.PermissionDenied =>
                new($"etcd {endpoint} denies user '{user}' what a gateway needs: grant reading of all that begins with /commit, /global/, /nodes/ and /dns/hosts/, and writing of /updated/",
                    EtcdFailure.Refused, rpc),
            StatusCode.OutOfRange when Says("compacted") =>
                new("the revision asked for is compacted", EtcdFailure.Compacted, rpc),
            StatusCode.ResourceExhausted when Says("database space exceeded") =>
                new($"etcd {endpoint} is out of space (NOSPACE): compact and defragment it, then disarm the alarm", EtcdFailure.OutOfSpace, rpc),
            StatusCode.DeadlineExceeded or StatusCode.Cancelled => Unreachable(endpoint, "does not answer", rpc),
            StatusCode.Unavailable or StatusCode.Internal or StatusCode.Unknown when rpc.Status.DebugException is { } cause =>
                OfTransport(cause, endpoint, certificateProblem, answered),
            // What is left is etcd's own text.
            _ => Unreachable(endpoint, $"answers with an error: {detail}", rpc),
        };
    }

    private static EtcdException OfTransport(Exception error, EtcdEndpoint endpoint, string? certificateProblem, bool answered)
    {
        if (certificateProblem is not null)
            return new($"the certificate of etcd {endpoint} {certificateProblem}", EtcdFailure.Refused, error);
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Unreachable(endpoint, "has a name that does not resolve: check ETCD_ENDPOINTS and the resolver", error);
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Unreachable(endpoint, "refuses connections: nothing listens there", error);
                case SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable }:
                    return Unreachable(endpoint, "cannot be reached: there is no route to it", error);
                case AuthenticationException:
                    return new($"etcd {endpoint} ends the TLS handshake: check ETCD_CERT and ETCD_KEY, and that the port speaks TLS", EtcdFailure.Refused, error);
                case TimeoutException or OperationCanceledException:
                    return Unreachable(endpoint, "does not answer", error);
            }
        }
        if (answered)
            return Unreachable(endpoint, "closed the connection", error);
        // A server that wants a client certificate and gets none just closes; so does one that speaks no TLS, or only TLS.
        return Unreachable(endpoint, endpoint.IsTls
            ? "closes connections: check ETCD_CERT and ETCD_KEY where it asks for a client certificate"
            : "closes connections: check whether it wants https", error);
    }

    private static EtcdException Unreachable(EtcdEndpoint endpoint, string what, Exception cause) =>
        new($"etcd {endpoint} {what}", EtcdFailure.Unreachable, cause);
}
