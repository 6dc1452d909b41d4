namespace Meduza.Gateway.Model;

/// <summary>
/// The keys of etcd as they stood at one revision: nothing parsed, nothing left out. Values are bytes, since a value
/// that is not UTF-8 must become an error that names its key, not an exception where it was read.
/// </summary>
/// <param name="Revision">The etcd revision (of the whole store) at which every key was read.</param>
/// <param name="Keys">Key to value, sorted ordinally.</param>
public sealed record Snapshot(long Revision, KeySpace Keys)
{
    /// <summary>A snapshot without a key, at revision 0.</summary>
    public static Snapshot Empty { get; } = new(0, KeySpace.Empty);
}
