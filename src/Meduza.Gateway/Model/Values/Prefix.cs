using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Meduza.Gateway.Model.Values;

/// <summary>
/// A network: an address whose host bits are zero, and the number of its leading bits that count. Ordered by family,
/// then address, then length, so that lists of them are sorted by address and not by text.
/// </summary>
public readonly record struct Prefix : IComparable<Prefix>
{
    private readonly UInt128 _bits;

    private Prefix(UInt128 bits, int length, bool isIpv6) => (_bits, Length, IsIpv6) = (bits, length, isIpv6);

    /// <summary>Leading bits that count: 0 to 32, or to 128 for IPv6.</summary>
    public int Length { get; }

    public bool IsIpv6 { get; }

    public IPAddress Address => AddressText.FromBits(_bits, IsIpv6);

    /// <summary>The network that <paramref name="address"/> lies in when its first <paramref name="length"/> bits are the network's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length does not fit the family.</exception>
    public static Prefix Of(IPAddress address, int length)
    {
        ArgumentNullException.ThrowIfNull(address);
        var v6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, v6 ? 128 : 32);
        return new Prefix(AddressText.ToBits(address) & Mask(length, v6), length, v6);
    }

    /// <summary>Reads <c>ADDRESS/LENGTH</c>; host bits are masked, and reported by <paramref name="hadHostBits"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Prefix prefix, out bool hadHostBits)
    {
        hadHostBits = false;
        prefix = default;
        if (!HostAddress.TryParse(text, out var host))
            return false;
        prefix = host.Network;
        hadHostBits = !prefix.Address.Equals(host.Address);
        return true;
    }

    /// <summary>The network of which this one is a half.</summary>
    /// <exception cref="InvalidOperationException">It is all addresses.</exception>
    public Prefix Parent => Length > 0
        ? new Prefix(_bits & Mask(Length - 1, IsIpv6), Length - 1, IsIpv6)
        : throw new InvalidOperationException("nothing has all addresses as a half");

    /// <summary>True when every address of <paramref name="other"/> is one of this network's.</summary>
    public bool Contains(Prefix other) =>
        IsIpv6 == other.IsIpv6 && other.Length >= Length && (other._bits & Mask(Length, IsIpv6)) == _bits;

    public bool Contains(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Contains(Of(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32));
    }

    public int CompareTo(Prefix other)
    {
        var family = IsIpv6.CompareTo(other.IsIpv6);
        if (family != 0)
            return family;
        var bits = _bits.CompareTo(other._bits);
        return bits != 0 ? bits : Length.CompareTo(other.Length);
    }

    public static bool operator <(Prefix left, Prefix right) => left.CompareTo(right) < 0;
    public static bool operator >(Prefix left, Prefix right) => left.CompareTo(right) > 0;
    public static bool operator <=(Prefix left, Prefix right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Prefix left, Prefix right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Address}/{Length}";

    private static UInt128 Mask(int length, bool isIpv6)
    {
        var width = isIpv6 ? 128 : 32;
        var all = isIpv6 ? UInt128.MaxValue : uint.MaxValue;
        return length == 0 ? UInt128.Zero : (all << (width - length)) & all;
    }
}
