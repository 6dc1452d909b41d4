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
        book.SessionBegins(await connection.ListAsync(book.Prefix, cancellation));
        while (true)
        {
            for (var due = book.Collect(); !due.IsEmpty; due = book.Collect())
            {
                due = new([.. due.Puts.Take(EtcdConnection.MostOperations)], [.. due.Deletes.Take(Math.Max(0, EtcdConnection.MostOperations - due.Puts.Length))]);
                await connection.WriteAsync(due.Puts, due.Deletes, cancellation);
                book.Written(due);
            }
            var wait = book.UntilNext();
            await _changed.WaitAsync(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, cancellation);
        }
    }

    public void Dispose() => _changed.Dispose();
}
