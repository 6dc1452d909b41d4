using System.Collections.Immutable;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>The logs.</summary>
internal sealed record KeptLogs
{
    public ImmutableArray<KeptLog> Services { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>PID 1's own.</summary>
    public KeptTail Own { get; init => field = value ?? new(); } = new();
    public long OwnDropped { get; init; }
    public long OwnLost { get; init; }

    /// <summary>The rest of a line that the console took in part, and how many it did not take.</summary>
    public byte[] ConsoleRest { get; init => field = value ?? []; } = [];
    public long ConsoleDropped { get; init; }
}

/// <summary>The log of one service.</summary>
internal sealed record KeptLog
{
    public required string Name { get; init; }
    public required KeptStream Output { get; init; }
    public required KeptStream Error { get; init; }
    public KeptTail Tail { get; init => field = value ?? new(); } = new();
}

/// <summary>One pipe of a service; its file is opened anew by name, and appended to.</summary>
internal sealed record KeptStream
{
    /// <summary>Descriptors of the two ends.</summary>
    public required int Reader { get; init; }
    public required int Writer { get; init; }

    /// <summary>The line that has no end yet.</summary>
    public byte[] Rest { get; init => field = value ?? []; } = [];

    /// <summary>Lines that the file did not take since the last that it took, and in all.</summary>
    public long Dropped { get; init; }
    public long Lost { get; init; }
}

/// <summary>Lines in memory, oldest first; kept where PID 1 goes on by intention, and not for every change.</summary>
internal sealed record KeptTail
{
    public ImmutableArray<KeptLine> Lines { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>One of them.</summary>
/// <param name="Number">Its place among all lines of this PID 1.</param>
/// <param name="Time">Unix time in milliseconds.</param>
/// <param name="Error">True when it came from standard error.</param>
internal readonly record struct KeptLine(long Number, long Time, bool Error, byte[] Text);
