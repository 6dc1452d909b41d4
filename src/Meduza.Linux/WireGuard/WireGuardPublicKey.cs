using System.Runtime.InteropServices;

namespace Meduza.Linux.WireGuard;

/// <summary>A public key (Curve25519), by which a peer is known.</summary>
public readonly record struct WireGuardPublicKey
{
    /// <summary>In bytes.</summary>
    public const int Length = 32;

    private readonly UInt128 _first;
    private readonly UInt128 _second;

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public WireGuardPublicKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"a WireGuard key has {Length} bytes", nameof(bytes));
        _first = MemoryMarshal.Read<UInt128>(bytes);
        _second = MemoryMarshal.Read<UInt128>(bytes[16..]);
    }

    /// <summary>Reads 44 characters of Base64.</summary>
    public static bool TryParse(string text, out WireGuardPublicKey key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var right = WireGuardKeyText.TryParse(text, bytes);
        key = right ? new WireGuardPublicKey(bytes) : default;
        return right;
    }

    /// <summary>Reads 44 characters of Base64.</summary>
    /// <exception cref="FormatException">They are not that.</exception>
    public static WireGuardPublicKey Parse(string text) =>
        TryParse(text, out var key) ? key : throw new FormatException("a WireGuard key is 44 characters of Base64");

    /// <param name="bytes">Takes 32.</param>
    public void CopyTo(Span<byte> bytes)
    {
        MemoryMarshal.Write(bytes, _first);
        MemoryMarshal.Write(bytes[16..], _second);
    }

    /// <summary>In Base64, as wg(8) shows it.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Convert.ToBase64String(bytes);
    }
}

/// <summary>Keys in Base64: 32 bytes are 43 characters and one <c>=</c>.</summary>
internal static class WireGuardKeyText
{
    private const int Characters = 44;

    public static bool TryParse(string text, Span<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Of the last character two bits are not used: one that sets them would be a second writing of the same key.
        return text.Length == Characters
            && Convert.TryFromBase64String(text, bytes, out var written)
            && written == WireGuardPublicKey.Length
            && Convert.ToBase64String(bytes) == text;
    }
}
