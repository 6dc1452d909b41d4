using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model.Values;

/// <summary>Transport protocols.</summary>
[Flags]
public enum Transports
{
    None = 0,
    Tcp = 1,
    Udp = 2,
    Both = Tcp | Udp,
}

/// <summary>Which packets of a connection a port is looked for in.</summary>
[Flags]
public enum PortDirections
{
    None = 0,

    /// <summary>Connections that come in to a LAN's port: its answers have that port as their source.</summary>
    In = 1,

    /// <summary>Connections that go out of a LAN to that port: it is their destination.</summary>
    Out = 2,

    Both = In | Out,
}

/// <summary>Ports from one to another, of one or both protocols, of one or both directions: <c>out:udp:5000-5010</c>.</summary>
public readonly record struct PortSelector(PortDirections Directions, Transports Transports, Port First, Port Last) : IComparable<PortSelector>
{
    /// <summary>What it must look like, in words.</summary>
    public const string Expected = "a port or FIRST-LAST, with tcp: or udp: and before that in: or out: where only one is meant";

    /// <summary>One port, of both directions.</summary>
    public static PortSelector Of(Port port, Transports transports) => new(PortDirections.Both, transports, port, port);

    public static bool TryParse([NotNullWhen(true)] string? text, out PortSelector selector)
    {
        selector = default;
        if (text is null)
            return false;
        var directions = Take(ref text, "in:") ? PortDirections.In : Take(ref text, "out:") ? PortDirections.Out : PortDirections.Both;
        var transports = Take(ref text, "tcp:") ? Transports.Tcp : Take(ref text, "udp:") ? Transports.Udp : Transports.Both;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!Port.TryParse(dash < 0 ? text : text[..dash], out var first)
            || !Port.TryParse(dash < 0 ? text : text[(dash + 1)..], out var last)
            || last.Number < first.Number)
            return false;
        selector = new(directions, transports, first, last);
        return true;
    }

    public int CompareTo(PortSelector other) =>
        (First.Number, Last.Number, Directions, Transports).CompareTo((other.First.Number, other.Last.Number, other.Directions, other.Transports));

    public static bool operator <(PortSelector left, PortSelector right) => left.CompareTo(right) < 0;
    public static bool operator >(PortSelector left, PortSelector right) => left.CompareTo(right) > 0;
    public static bool operator <=(PortSelector left, PortSelector right) => left.CompareTo(right) <= 0;
    public static bool operator >=(PortSelector left, PortSelector right) => left.CompareTo(right) >= 0;

    public override string ToString()
    {
        var direction = Directions switch { PortDirections.In => "in:", PortDirections.Out => "out:", _ => "" };
        var transport = Transports switch { Transports.Tcp => "tcp:", Transports.Udp => "udp:", _ => "" };
        return $"{direction}{transport}{First}{(First == Last ? "" : $"-{Last}")}";
    }

    private static bool Take(ref string text, string prefix)
    {
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        text = text[prefix.Length..];
        return true;
    }
}
