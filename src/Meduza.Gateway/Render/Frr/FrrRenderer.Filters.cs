using System.Globalization;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Render.Frr;

internal static partial class FrrRenderer
{
    /// <summary>
    /// The community 9999 on whatever an external peer announced. FRR has no well-known 9999 and takes it only as 0:9999.
    /// </summary>
    private const string ExternalCommunity = "0:9999";

    /// <summary>The tag on what goes from BGP into OSPF; what has it never goes back.</summary>
    private const int BgpTag = 65000;

    /// <summary>A prefix list; its entries are numbered, so that a change of one is a change of one line.</summary>
    private static void PrefixList(ConfigText text, string name, IEnumerable<string> entries)
    {
        var sequence = 0;
        foreach (var entry in entries)
        {
            sequence += 5;
            text.Line(string.Create(CultureInfo.InvariantCulture, $"ip prefix-list {name} seq {sequence} {entry}"));
        }
    }

    /// <summary>
    /// A prefix list of networks with all their parts, in which the order means nothing. bgpd compares each new entry with
    /// all that it has (1,000 of them take it 13 s), and a number that moves is a new entry: so the list has the fewest
    /// networks that say the same, and each has its own address for a number.
    /// </summary>
    private static void PrefixSet(ConfigText text, string name, IEnumerable<Prefix> networks)
    {
        foreach (var network in Prefixes.Merge(networks))
            text.Line(string.Create(CultureInfo.InvariantCulture, $"ip prefix-list {name} seq {Math.Max(1, (uint)AddressText.ToBits(network.Address))} {WithParts(network)}"));
    }

    /// <summary>A network and every part of it.</summary>
    private static string WithParts(Prefix prefix) => prefix.Length == 32 ? $"permit {prefix}" : $"permit {prefix} le 32";

    /// <summary>One numbered entry of a route map. A deny is final: nothing after it lets through what it denied.</summary>
    private static void RouteMap(ConfigText text, string name, bool permit, int sequence, params ReadOnlySpan<string> lines)
    {
        text.Line(string.Create(CultureInfo.InvariantCulture, $"route-map {name} {(permit ? "permit" : "deny")} {sequence}"));
        foreach (var line in lines)
            text.Line($" {line}");
        text.Line("exit");
    }
}
