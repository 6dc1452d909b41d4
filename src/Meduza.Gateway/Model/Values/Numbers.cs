using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Meduza.Gateway.Model.Values;

/// <summary>A TCP or UDP port, 1 to 65535.</summary>
public readonly record struct Port
{
    private Port(ushort number) => Number = number;

    public ushort Number { get; }

    /// <exception cref="ArgumentOutOfRangeException">The number is 0.</exception>
    public static Port Of(ushort number)
    {
        ArgumentOutOfRangeException.ThrowIfZero(number);
        return new Port(number);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out Port port)
    {
        port = default;
        if (!AddressText.TryParseNumber(text, 65535, out var number) || number == 0)
            return false;
        port = new Port((ushort)number);
        return true;
    }

    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A BGP autonomous system number, 1 to 4294967294 (RFC 6793; RFC 7300 reserves the last one).</summary>
public readonly record struct AsNumber : IComparable<AsNumber>
{
    private AsNumber(uint number) => Number = number;

    public uint Number { get; }

    public static bool TryParse([NotNullWhen(true)] string? text, out AsNumber asn)
    {
        asn = default;
        if (!AddressText.TryParseNumber(text, uint.MaxValue - 1, out var number) || number == 0)
            return false;
        asn = new AsNumber(number);
        return true;
    }

    public int CompareTo(AsNumber other) => Number.CompareTo(other.Number);

    public static bool operator <(AsNumber left, AsNumber right) => left.CompareTo(right) < 0;
    public static bool operator >(AsNumber left, AsNumber right) => left.CompareTo(right) > 0;
    public static bool operator <=(AsNumber left, AsNumber right) => left.CompareTo(right) <= 0;
    public static bool operator >=(AsNumber left, AsNumber right) => left.CompareTo(right) >= 0;

    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A router id: 32 bits written as an IPv4 address, not 0.0.0.0.</summary>
public readonly record struct RouterId
{
    private readonly uint _bits;

    private RouterId(uint bits) => _bits = bits;

    public IPAddress Address => AddressText.FromBits(_bits, false);

    public static bool TryParse([NotNullWhen(true)] string? text, out RouterId id)
    {
        id = default;
        if (!AddressText.TryParseIpv4(text, out var address))
            return false;
        id = new RouterId((uint)AddressText.ToBits(address));
        return id._bits != 0;
    }

    public override string ToString() => Address.ToString();
}

/// <summary>An OSPF area, written as a number or as a dotted quad; the same area is equal either way.</summary>
public readonly record struct OspfArea
{
    private OspfArea(uint number) => Number = number;

    public uint Number { get; }

    public static bool TryParse([NotNullWhen(true)] string? text, out OspfArea area)
    {
        area = default;
        if (AddressText.TryParseNumber(text, uint.MaxValue, out var number))
        {
            area = new OspfArea(number);
            return true;
        }
        if (!AddressText.TryParseIpv4(text, out var address))
            return false;
        area = new OspfArea((uint)AddressText.ToBits(address));
        return true;
    }

    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}
