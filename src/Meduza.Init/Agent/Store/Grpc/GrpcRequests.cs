using System.Net;
using System.Threading.Channels;

namespace Meduza.Init.Agent.Store.Grpc;

/// <summary>The body of a call whose messages are sent one by one, while its answers come in.</summary>
internal sealed class GrpcRequests : HttpContent
{
    private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });

    /// <summary>Sends a message, as soon as the one before is sent; after the end of the call nothing happens.</summary>
    public void Send(ReadOnlySpan<byte> message) => _frames.Writer.TryWrite(GrpcFrame.Of(message));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        while (await _frames.Reader.WaitToReadAsync(cancellationToken))
        {
            while (_frames.Reader.TryRead(out var frame))
                await stream.WriteAsync(frame, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _frames.Writer.TryComplete();
        base.Dispose(disposing);
    }
}
