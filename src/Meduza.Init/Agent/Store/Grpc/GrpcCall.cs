using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Meduza.Init.Agent.Store.Grpc;

/// <summary>One call under way: its answers, and in the end its status.</summary>
internal sealed class GrpcCall : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _body;

    private GrpcCall(HttpResponseMessage response, Stream body) => (_response, _body) = (response, body);

    /// <param name="response">The head of the answer; its body is still to come.</param>
    /// <exception cref="GrpcException">The call is over already, not well, or it is no answer of gRPC.</exception>
    public static async Task<GrpcCall> BeginAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        // A call that fails at once has its status in the head, and no body.
        ThrowUnlessOk(response.Headers);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new GrpcException(GrpcStatus.Unknown, $"HTTP status {(int)response.StatusCode}");
        if (response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
            throw new GrpcException(GrpcStatus.Unknown, "what answers is no gRPC");
        return new(response, await response.Content.ReadAsStreamAsync(cancellation));
    }

    /// <summary>The next message.</summary>
    /// <returns>Null when the call has ended well.</returns>
    /// <exception cref="GrpcException">It has not.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<byte[]?> NextAsync(CancellationToken cancellation)
    {
        var message = await GrpcFrame.ReadAsync(_body, cancellation);
        if (message is not null)
            return message;
        if (!ThrowUnlessOk(_response.TrailingHeaders) && !ThrowUnlessOk(_response.Headers))
            throw new GrpcException(GrpcStatus.Unknown, "the call ended without a status");
        return null;
    }

    /// <summary>Ends it, also when it is not over.</summary>
    public void Dispose() => _response.Dispose();

    /// <returns>False when there is no status in them.</returns>
    private static bool ThrowUnlessOk(HttpHeaders headers)
    {
        if (Value(headers, "grpc-status") is not { } text)
            return false;
        var status = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (GrpcStatus)number : GrpcStatus.Unknown;
        return status == GrpcStatus.Ok ? true : throw new GrpcException(status, Uri.UnescapeDataString(Value(headers, "grpc-message") ?? ""));
    }

    private static string? Value(HttpHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
