namespace Meduza.Init.Agent.Status;

/// <summary>Something that a program answers at once while it does its work.</summary>
internal interface IQuestion : IDisposable
{
    /// <summary>Asks, and waits for the answer.</summary>
    /// <returns>False where it is known that none will come.</returns>
    /// <exception cref="OperationCanceledException">None came until then.</exception>
    Task<bool> AskAsync(CancellationToken limit);

    /// <summary>What it lacks that answered and does not do its work; null where it is only that no answer came.</summary>
    string? Lack => null;
}
