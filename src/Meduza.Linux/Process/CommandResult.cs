namespace Meduza.Linux.Process;

/// <summary>What a command left behind.</summary>
/// <param name="ExitCode">Its status; 128 and the signal's number when one ended it.</param>
/// <param name="Output">All that it wrote to its standard output, as UTF-8.</param>
/// <param name="Error">All that it wrote to its standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error);
