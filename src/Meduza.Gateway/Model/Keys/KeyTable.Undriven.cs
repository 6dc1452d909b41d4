using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    /// <summary>Read by nothing yet, but already as what it will be.</summary>
    internal static Key<Port> HealthyPort { get; } = new(
        "/nodes/<ID>/healthy/port", Kinds.Port, "TCP port for probes: it accepts, and closes, while the last commit is applied and all that is enabled is up.")
    { IsUndriven = true };

    /// <summary>The switches of what this version does not drive, and what to call it in a message.</summary>
    internal static ImmutableArray<(Key<bool> Enable, string Component)> UndrivenSwitches { get; } =
    [
        (Switch("healthy/enable", "Opens the port for health probes."), "the health probe port"),
        (Switch("access/enable", "Runs the LDAP access server."), "the access server"),
    ];

    private static ImmutableArray<KeySpec> UndrivenKeys =>
    [
        .. UndrivenSwitches.Select(s => (KeySpec)s.Enable), HealthyPort,
        .. Names("/global/", "access/<REST>"),
        .. Names("/nodes/<ID>/", "access/<REST>"),
    ];

    private static Key<bool> Switch(string name, string about) => new("/nodes/<ID>/" + name, Kinds.Flag, about)
    { Default = "false", IsUndriven = true };

    private static IEnumerable<KeySpec> Names(string prefix, params string[] names) =>
        names.Select(name => new UndrivenKey(prefix + name, "Not driven by this version.") { IsUndriven = true });
}
