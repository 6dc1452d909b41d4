namespace Meduza.Lab.Soak;

/// <summary>One edit of the keys, as an operator makes it.</summary>
/// <param name="What">In words.</param>
internal sealed record Change(string What)
{
    /// <summary>Keys and their new values; null deletes.</summary>
    public IReadOnlyList<(string Key, string? Value)> Edits { get; init; } = [];

    /// <summary>The daemons that it may start anew. No other one may be another process after it.</summary>
    public IReadOnlyList<Daemon> Restarts { get; init; } = [];

    /// <summary>False where it takes effect by itself: host records.</summary>
    public bool IsCommitted { get; init; } = true;

    /// <summary>True when some node cannot take it: that one rejects the commit, and stays as it was.</summary>
    public bool IsWrong { get; init; }

    public override string ToString() => What;
}

/// <summary>A service at a node.</summary>
internal readonly record struct Daemon(string Node, string Service)
{
    public override string ToString() => $"{Service} at {Node}";
}
