using Meduza.Init.Agent.Store;

namespace Meduza.Init.Agent.Status;

/// <summary>Writes what the status book has due: all of it in one transaction, as long as there is a session.</summary>
internal sealed class StatusPublisher(StatusBook book) : ISessionTask, IDisposable
{
    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <summary>Something in the book is due.</summary>
    public void Changed()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // A look is owed already.
        }
    }

    public async Task RunAsync(EtcdConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            var existing = await connection.ListAsync(book.Prefix, cancellation);
            book.SessionBegins(existing.Keys);
            await KeepWrittenAsync(connection, existing.GetValueOrDefault(CommitKey), cancellation);
        }
    }

    /// <summary>
    /// Writes what is due, until somebody else has written word of a commit. That is this node itself, in an earlier session:
    /// what it had sent may lie for long in a member that hung, or on the way. Each write is good only on top of the one
    /// before, so that what arrives late changes nothing, and what arrived meanwhile is written over.
    /// </summary>
    private async Task KeepWrittenAsync(EtcdConnection connection, long written, CancellationToken cancellation)
    {
        while (true)
        {
            for (var due = book.Collect(); !due.IsEmpty; due = book.Collect())
            {
                due = new([.. due.Puts.Take(EtcdConnection.MostOperations)], [.. due.Deletes.Take(Math.Max(0, EtcdConnection.MostOperations - due.Puts.Length))]);
                if (await connection.WriteAsync(due.Puts, due.Deletes, CommitKey, written, cancellation) is not { } revision)
                    return;
                if (due.Puts.Any(put => put.Key == CommitKey))
                    written = revision;
                book.Written(due);
            }
            var wait = book.UntilNext();
            await _changed.WaitAsync(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, cancellation);
        }
    }

    private string CommitKey => book.Prefix + StatusBook.Commit;

    public void Dispose() => _changed.Dispose();
}
