using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Meduza.Gateway.Model.Values;

/// <summary>
/// Addresses as text, read strictly. <see cref="IPAddress.TryParse(string, out IPAddress)"/> alone also takes
/// <c>10.1</c>, <c>0x7f.1</c> and <c>010.0.0.1</c> (octal), which the driven programs read otherwise or not at all.
/// </summary>
public static class AddressText
{
    /// <summary>Reads a dotted quad of decimal numbers without leading zeros.</summary>
    public static bool TryParseIpv4(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        Span<byte> bytes = stackalloc byte[4];
        var part = 0;
        foreach (var range in text.Split('.'))
        {
            if (part == 4 || !TryParseNumber(text[range], 255, out var value))
                return false;
            bytes[part++] = (byte)value;
        }
        if (part != 4)
            return false;
        address = new IPAddress(bytes);
        return true;
    }

    /// <summary>Reads an address of either family; an IPv6 one without zone and brackets.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (TryParseIpv4(text, out address))
            return true;
        return text.Contains(':')
            && !text.ContainsAnyExcept(CharacterSets.Ipv6)
            && IPAddress.TryParse(text, out address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    /// <summary>Reads a decimal number of ASCII digits without sign, space or leading zero.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, uint max, out uint value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > 10 || (text[0] == '0' && text.Length > 1) || text.IndexOfAnyExceptInRange('0', '9') >= 0)
            return false;
        ulong sum = 0;
        foreach (var digit in text)
            sum = sum * 10 + (uint)(digit - '0');
        value = (uint)sum;
        return sum <= max;
    }

    /// <summary>True for six pairs of hexadecimal digits joined by colons.</summary>
    public static bool IsMac(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(':') is { Length: 6 } pairs && pairs.All(pair => pair.Length == 2 && pair.All(char.IsAsciiHexDigit));
    }

    internal static UInt128 ToBits(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var written);
        return written == 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    internal static IPAddress FromBits(UInt128 bits, bool isIpv6)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (isIpv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
            return new IPAddress(bytes);
        }
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)bits);
        return new IPAddress(bytes[..4]);
    }
}
