namespace Meduza.Init.Cli;

/// <summary>What the command line ends with: scripts rely on it.</summary>
internal static class ExitCodes
{
    /// <summary>Done, and true.</summary>
    public const int Done = 0;

    /// <summary>It failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>Not (yet) so: a service that is not up, a commit that is not applied.</summary>
    public const int NotYet = 3;
}
