namespace Meduza.Init.Agent.Downloads;

/// <summary>What came of a refresh that somebody asked for.</summary>
/// <param name="Number">Of the one that was asked for last; those before it have the same outcome.</param>
/// <param name="Text">In one line, empty where there was nothing to fetch; null where it failed.</param>
/// <param name="Error">Why it failed, in one line.</param>
internal sealed record RefreshOutcome(long Number, string? Text, string? Error);
