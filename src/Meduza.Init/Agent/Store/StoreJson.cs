namespace Meduza.Init.Agent.Store;

/// <summary>The JSON of what a node remembers of its commits.</summary>
[RecordJson(typeof(CommitHold))]
internal static partial class StoreJson;
