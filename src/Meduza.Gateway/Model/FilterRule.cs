using System.Collections.Immutable;
using System.Globalization;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>One rule of a route filter, as FRR's <c>ip prefix-list</c> has it.</summary>
/// <param name="Permit">Permit, or deny.</param>
/// <param name="Prefix">The network.</param>
/// <param name="AtLeast">Shortest prefix length that matches; null where the rule does not say.</param>
/// <param name="AtMost">Longest prefix length that matches; null where the rule does not say.</param>
public sealed record FilterRule(bool Permit, Prefix Prefix, int? AtLeast, int? AtMost)
{
    internal static ValueKind<ImmutableArray<FilterRule>> Rules { get; } = new(
        "list of rules", "one rule a line: permit|deny PREFIX [ge N] [le N]; lines that begin with # are comments", ValueLayout.Lines, ReadAll)
    { IsList = true };

    private static readonly ValueKind<FilterRule> Rule = new("rule", "permit|deny PREFIX [ge N] [le N]", ValueLayout.Line, ReadOne);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Permit ? "permit" : "deny")} {Prefix}{(AtLeast is { } ge ? $" ge {ge}" : "")}{(AtMost is { } le ? $" le {le}" : "")}");

    private static Reading<ImmutableArray<FilterRule>> ReadAll(string text)
    {
        var rules = string.Join('\n', Lines.Items(text).Where(line => line[0] != '#'));
        return Kinds.ListOf(Rule).Read(rules);
    }

    private static Reading<FilterRule> ReadOne(string text)
    {
        var words = Lines.Words(text);
        if (words.Length is not (2 or 4 or 6) || words[0] is not ("permit" or "deny"))
            return Reading.Bad<FilterRule>();
        if (!Prefix.TryParse(words[1], out var prefix, out var hadHostBits))
            return Reading.Bad<FilterRule>("its network is not one");
        if (prefix.IsIpv6)
            return Reading.Bad<FilterRule>("IPv6 is not supported here");
        int? atLeast = null, atMost = null;
        for (var i = 2; i < words.Length; i += 2)
        {
            if (!AddressText.TryParseNumber(words[i + 1], 32, out var length))
                return Reading.Bad<FilterRule>("a length is a number up to 32");
            if (words[i] == "ge" && atLeast is null)
                atLeast = (int)length;
            else if (words[i] == "le" && atMost is null)
                atMost = (int)length;
            else
                return Reading.Bad<FilterRule>();
        }
        if (atLeast < prefix.Length || atMost < prefix.Length || atMost < atLeast)
            return Reading.Bad<FilterRule>("lengths must be in the order PREFIX length <= ge <= le <= 32");
        // FRR takes only a ge that is longer than the prefix; an equal one means "this or longer".
        if (atLeast == prefix.Length)
            (atLeast, atMost) = (null, atMost ?? 32);
        // le equal to the prefix's own length says nothing; FRR drops it when it reads the rule back.
        if (atMost == prefix.Length)
            atMost = null;
        return Reading.Of<FilterRule>(new FilterRule(words[0] == "permit", prefix, atLeast, atMost),
            hadHostBits ? $"{words[1]} has host bits set: read as {prefix}" : null);
    }
}

/// <summary>Which external peers are transit peers.</summary>
public sealed record TransitPeers(bool All, ImmutableArray<AsNumber> AsNumbers)
{
    internal static ValueKind<TransitPeers> Kind { get; } = new(
        "list of AS numbers, or *", "one AS number a line, or * for all external peers", ValueLayout.Lines, Read)
    { IsList = true };

    public static TransitPeers None { get; } = new(false, []);

    public bool Includes(AsNumber peer) => All || AsNumbers.Contains(peer);

    private static Reading<TransitPeers> Read(string text)
    {
        if (Lines.Items(text).Contains("*"))
            text = string.Join('\n', Lines.Items(text).Where(line => line != "*"));
        else
            return Of(text, all: false);
        return Of(text, all: true);
    }

    private static Reading<TransitPeers> Of(string text, bool all)
    {
        var list = Kinds.ListOf(Kinds.AsNumber, sorted: true).Read(text);
        return list.Ok ? Reading.Of<TransitPeers>(new TransitPeers(all, list.Value)) : Reading.Bad<TransitPeers>(list.Error);
    }
}
