using System.Collections.Immutable;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Cli.Rollbacks;

/// <summary>The commits that were applied here, numbered by how far back they lie from the one in force.</summary>
/// <param name="applied">From the newest on.</param>
/// <param name="inForce">Null where it is not known.</param>
internal sealed class AppliedHistory(List<AppliedCommit> applied, KeptCommit? inForce)
{
    /// <summary>Where the one in force is among them; -1 where it was never applied whole, or nobody has confirmed it.</summary>
    private readonly int _current = inForce is null ? -1 : applied.FindIndex(kept => kept.Commit?.HasKeysOf(inForce) == true);

    /// <summary>All of them, each with how many steps back it is: 0 is the one in force, null one that this node went back from.</summary>
    public ImmutableArray<AppliedRow> Rows => [.. applied.Select((kept, at) => AppliedRow.Of(at < _current ? null : at - _current, kept))];

    /// <exception cref="CommandException">There are not so many, or that one cannot be used.</exception>
    public AppliedCommit Find(int back)
    {
        if (_current + back is var at && at >= applied.Count)
        {
            var most = applied.Count - 1 - _current;
            throw new CommandException(most <= 0
                ? "no commit that was applied before is kept here: there is nothing to go back to"
                : $"{(most == 1 ? "only one commit that was" : $"only {most} commits that were")} applied before {(most == 1 ? "is" : "are")} kept here: see `meduza rollback --list`");
        }
        return applied[at].Problem is { } problem ? throw new CommandException($"nothing is touched: {problem}: see `meduza rollback --list` for others") : applied[at];
    }
}
