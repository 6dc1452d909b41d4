using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    /// <summary>The switches of what this version does not drive, and what to call it in a message.</summary>
    internal static ImmutableArray<(Key<bool> Enable, string Component)> UndrivenSwitches { get; } =
    [
        (Switch("access/enable", "Runs the LDAP access server."), "the access server"),
    ];

    private static ImmutableArray<KeySpec> UndrivenKeys =>
    [
        .. UndrivenSwitches.Select(s => (KeySpec)s.Enable),
        .. Names("/global/", "access/<REST>"),
        .. Names("/nodes/<ID>/", "access/<REST>"),
    ];

    private static Key<bool> Switch(string name, string about) => new("/nodes/<ID>/" + name, Kinds.Flag, about)
    { Default = "false", IsUndriven = true };

    private static IEnumerable<KeySpec> Names(string prefix, params string[] names) =>
        names.Select(name => new UndrivenKey(prefix + name, "Not driven by this version.") { IsUndriven = true });
}
