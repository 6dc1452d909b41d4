using System.Net.Sockets;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>The command line's talk with PID 1: what goes wrong becomes one line with its remedy.</summary>
internal sealed class ControlConnection(ControlClient client) : IAsyncDisposable
{
    // PID 1 answers from memory; longer than this it is stopped, or not PID 1.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <exception cref="CommandException">Nobody answers there.</exception>
    public static async Task<ControlConnection> OpenAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return new(await ControlClient.ConnectAsync(path, cancellation));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new CommandException($"no right to talk to meduza-init at {path}: run this as root");
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new CommandException(
                $"meduza-init does not run here: nothing answers at {path} (start it, or name another socket in MEDUZA_CONTROL)");
        }
    }

    /// <summary>Connects, asks once, and leaves.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public static async Task<ControlReply> AskAsync(string path, ControlRequest request, TimeSpan? limit, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(path, cancellation);
        return await connection.SendAsync(request, limit, cancellation);
    }

    /// <summary>Sends a request and gives its whole answer.</summary>
    /// <param name="limit">How long the asked-for work itself may take; null where there is none to wait for.</param>
    /// <exception cref="CommandException">PID 1 refuses, is gone, or says nothing in time.</exception>
    public async Task<ControlReply> SendAsync(ControlRequest request, TimeSpan? limit, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(AnswerLimit + (limit ?? TimeSpan.Zero));
        try
        {
            return Accepted(await client.SendAsync(request, late.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CommandException("meduza-init does not answer: see what its process does, or restart it");
        }
        catch (IOException e)
        {
            throw Gone(e);
        }
    }

    /// <summary>Sends a request and gives the frames of its answer as they come, for as long as they come.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async IAsyncEnumerable<ControlReply> StreamAsync(
        ControlRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var replies = client.StreamAsync(request, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await replies.MoveNextAsync())
                    yield break;
            }
            catch (IOException e)
            {
                throw Gone(e);
            }
            yield return Accepted(replies.Current);
        }
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static ControlReply Accepted(ControlReply reply) => reply.Error is null
        ? reply
        : throw new CommandException(reply.Error, reply.NotYet ? ExitCodes.NotYet : ExitCodes.Failed);

    private static ConnectionLostException Gone(IOException e) => new($"{e.Message}: it is stopping, or was restarted; try again");
}
