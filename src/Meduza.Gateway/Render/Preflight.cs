using System.Collections.Immutable;

namespace Meduza.Gateway.Render;

/// <summary>
/// A driven program's own check of files, asked before these replace the ones that it runs with. It is done where the
/// program is installed, and only when one of the files is to change.
/// </summary>
/// <param name="Component">The part that the files belong to.</param>
/// <param name="Command">The program and its arguments. Paths of <paramref name="Files"/> in them stand for the candidates.</param>
/// <param name="Files">Paths of desired files that it looks at.</param>
/// <param name="User">As whom it runs, by name: as the program itself, and without its capabilities. Null is root.</param>
public sealed record Preflight(string Component, ImmutableArray<string> Command, ImmutableArray<string> Files, string? User)
{
    /// <summary>The exit statuses by which the program says no. Any other but 0 says only that it could not be asked.</summary>
    public ImmutableArray<int> Refusals { get; init; } = [1];

    /// <summary>What it says when it fails for another reason than the files.</summary>
    public ImmutableArray<string> OtherReasons { get; init; } = [];

    /// <summary>What stands in lines that are not about what is wrong.</summary>
    public ImmutableArray<string> Chatter { get; init; } = [];

    /// <summary>A folder of the program's own that the command names; null where it names none. While there is none, that of the candidates stands for it.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Whether the first of two contents of a file says nothing that the program has not taken in the second. Then it need
    /// not be asked: its answer is known, and is heard anyway from the daemon that is told.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, bool> IsKnown { get; init; } = static (_, _) => false;

    /// <summary>What in a candidate must not be repeated where others read it.</summary>
    public Func<ReadOnlyMemory<byte>, IEnumerable<string>> SecretsOf { get; init; } = static _ => [];
}
