namespace Meduza.Init.Agent.Downloads;

/// <summary>How it stands with one thing that is fetched.</summary>
/// <param name="Kind">What it is: <c>subscription</c>, <c>rule_file</c>, <c>geodata</c>.</param>
/// <param name="IsFailing">True while the last try failed.</param>
/// <param name="FetchedAt">When its source was last found to have what is in use: milliseconds since 1970; null where nothing is.</param>
/// <param name="Size">Of what is in use, in bytes; null where nothing is.</param>
/// <param name="Taken">How often something came that was taken, since this agent knows of it.</param>
/// <param name="Unmodified">How often it was the same still.</param>
/// <param name="Failed">How often it could not be had or used.</param>
internal sealed record DownloadState(string Kind, string Name, bool IsFailing, long? FetchedAt, long? Size, long Taken, long Unmodified, long Failed);
