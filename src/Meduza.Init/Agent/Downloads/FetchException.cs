namespace Meduza.Init.Agent.Downloads;

/// <summary>Something could not be fetched; the message says from where and why, in one line without anything secret.</summary>
internal sealed class FetchException(string message, Exception? cause = null) : Exception(message, cause);
