namespace Meduza.Gateway.Yaml;

/// <summary>What a document may cost at most. A document from elsewhere can be made to cost much more than its bytes.</summary>
public sealed record YamlLimits
{
    /// <summary>Bytes of the document.</summary>
    public int Bytes { get; init; } = 16 << 20;

    /// <summary>Collections within each other: the stack of whoever walks the document.</summary>
    public int Depth { get; init; } = 100;

    /// <summary>Scalars, sequences and maps, aliases and merges written out. A subscription of 5 MB has 260,000.</summary>
    public int Nodes { get; init; } = 1_000_000;

    /// <summary>Characters of all scalars, aliases and merges written out.</summary>
    public int Characters { get; init; } = 32 << 20;
}

/// <summary>Why a text is not a document that can be used. The message is one line, and shows no scalar of the document.</summary>
public sealed class YamlReadException : FormatException
{
    /// <param name="line">From 1; 0 where the whole document is meant.</param>
    /// <param name="column">From 1.</param>
    /// <param name="problem">What is wrong.</param>
    public YamlReadException(long line, long column, string problem)
        : base(line > 0 ? $"line {line}, column {column}: {problem}" : problem) => (Line, Column) = (line, column);

    public YamlReadException(long line, long column, string problem, Exception inner)
        : base($"line {line}, column {column}: {problem}", inner) => (Line, Column) = (line, column);

    public long Line { get; }

    public long Column { get; }
}
