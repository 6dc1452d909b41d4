namespace Meduza.Init.Agent.Store;

/// <summary>One commit: <c>/commit</c> as somebody wrote it.</summary>
/// <param name="Value">Its text; empty where nobody ever committed, or the key was deleted.</param>
/// <param name="Revision">The revision of that write: the commit means the keys as they stood then. 0 is none.</param>
internal sealed record CommitMark(string Value, long Revision)
{
    public static CommitMark None { get; } = new("", 0);
}
