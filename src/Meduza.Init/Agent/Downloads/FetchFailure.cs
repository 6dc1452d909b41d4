using System.Net.Security;
using System.Net.Sockets;

namespace Meduza.Init.Agent.Downloads;

/// <summary>The framework's failures in words: its own are left out of the binary.</summary>
internal static class FetchFailure
{
    /// <param name="failure">What was thrown.</param>
    /// <param name="distrust">What the last server's certificate lacked; null where none was shown.</param>
    public static string Reason(Exception failure, SslPolicyErrors? distrust)
    {
        var kind = failure switch
        {
            HttpRequestException request => request.HttpRequestError,
            HttpIOException body => body.HttpRequestError,
            _ => HttpRequestError.Unknown,
        };
        return kind switch
        {
            HttpRequestError.NameResolutionError => "its name is not known: check it, and this machine's resolvers",
            HttpRequestError.SecureConnectionError => Distrusted(distrust),
            HttpRequestError.ConnectionError => NotConnected(failure),
            HttpRequestError.ProxyTunnelError => "the proxy does not let it through",
            HttpRequestError.ResponseEnded => "its answer ends too early",
            HttpRequestError.ConfigurationLimitExceeded => "its answer begins with more than can be read",
            _ => "its answer cannot be read",
        };
    }

    private static string Distrusted(SslPolicyErrors? distrust) => distrust switch
    {
        null or SslPolicyErrors.None => "it does not speak TLS, or none that this machine speaks",
        { } errors when (errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0 => "its certificate is for another name",
        _ => "its certificate is not signed by an authority that this machine trusts: install ca-certificates, or set this machine's clock",
    };

    private static string NotConnected(Exception failure) => (failure.InnerException as SocketException)?.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "it refuses connections",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "there is no way to it from here",
        SocketError.TimedOut => "it does not answer",
        _ => "no connection to it can be made",
    };
}
