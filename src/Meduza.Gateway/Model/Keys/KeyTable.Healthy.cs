using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    public static Key<bool> HealthyEnable { get; } = new("/nodes/<ID>/healthy/enable", Kinds.Flag, "Opens the port for health probes.")
    { Default = "false" };

    public static Key<Port> HealthyPort { get; } = new(
        "/nodes/<ID>/healthy/port", Kinds.Port, "TCP port for probes: it accepts, and closes, while the last commit is applied and all that is enabled is up.");

    private static ImmutableArray<KeySpec> HealthyKeys => [HealthyEnable, HealthyPort];
}
