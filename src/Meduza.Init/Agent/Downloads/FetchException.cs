namespace Meduza.Init.Agent.Downloads;

/// <summary>Something could not be fetched; the message says from where and why, in one line without anything secret.</summary>
internal sealed class FetchException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>True where another way to the server may do better: no answer came, or one of a server that is ill.</summary>
    public bool IsOfTheWay { get; init; }
}

/// <summary>An answer came, and is not one to take; the message says why, as what follows the server's name.</summary>
internal sealed class RefusedAnswerException(string message) : Exception(message)
{
    /// <summary>As in <see cref="FetchException"/>.</summary>
    public bool IsOfTheWay { get; init; }
}
