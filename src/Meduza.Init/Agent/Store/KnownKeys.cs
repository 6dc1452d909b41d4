using Meduza.Gateway.Model;

namespace Meduza.Init.Agent.Store;

/// <summary>What is known of etcd's keys at one revision.</summary>
/// <param name="Snapshot">The keys that this node can have a use for.</param>
/// <param name="Count">How many there were in all: what was deleted since shows in it.</param>
internal sealed record KnownKeys(Snapshot Snapshot, long Count);
