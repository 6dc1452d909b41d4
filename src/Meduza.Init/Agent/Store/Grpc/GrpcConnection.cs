using System.Net;
using System.Net.Http.Headers;

namespace Meduza.Init.Agent.Store.Grpc;

/// <summary>
/// Calls of gRPC to one server, over the framework's HTTP/2: what its protocol asks of a client that neither compresses,
/// nor balances, nor tries again, nor sets deadlines. Whoever calls does that himself, or does not want it.
/// </summary>
/// <param name="address">Scheme, host and port; without TLS HTTP/2 is spoken from the first byte on.</param>
/// <param name="handler">How it is reached; its owner from now on is the connection.</param>
internal sealed class GrpcConnection(Uri address, SocketsHttpHandler handler) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(handler);

    /// <summary>Sent with each call, once there is one.</summary>
    public string? Token { get; set; }

    /// <summary>One message there, one back.</summary>
    /// <param name="method"><c>/package.Service/Method</c>.</param>
    /// <exception cref="GrpcException">The server says no, or is none of gRPC.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<byte[]> CallAsync(string method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(GrpcFrame.Of(request.Span));
        using var call = await BeginAsync(method, content, cancellation);
        var answer = await call.NextAsync(cancellation) ?? throw new GrpcException(GrpcStatus.Internal, "no answer");
        return await call.NextAsync(cancellation) is null ? answer : throw new GrpcException(GrpcStatus.Internal, "more than one answer");
    }

    /// <summary>Messages there as they are sent, and back as they come.</summary>
    /// <inheritdoc cref="CallAsync"/>
    public async Task<GrpcCall> BeginAsync(string method, HttpContent content, CancellationToken cancellation)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new("trailers"));
        if (Token is not null)
            request.Headers.TryAddWithoutValidation("token", Token);
        var response = await _http.SendAsync(request, cancellation);
        try
        {
            return await GrpcCall.BeginAsync(response, cancellation);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();
}
