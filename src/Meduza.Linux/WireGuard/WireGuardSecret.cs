using System.Security.Cryptography;

namespace Meduza.Linux.WireGuard;

/// <summary>A private or preshared key. It never shows itself: neither in a text nor in a debugger's view of a record.</summary>
public sealed class WireGuardSecret : IEquatable<WireGuardSecret>
{
    private const int Length = WireGuardPublicKey.Length;

    private readonly byte[] _bytes;

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public WireGuardSecret(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"a WireGuard key has {Length} bytes", nameof(bytes));
        _bytes = bytes.ToArray();
    }

    /// <summary>The key of zeros, by which WireGuard says that there is none.</summary>
    public static WireGuardSecret None { get; } = new(new byte[Length]);

    /// <summary>True when all its bytes are zero.</summary>
    public bool IsNone => Equals(None);

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The private key that WireGuard makes of any 32 bytes (RFC 7748, 5): what reads back is this one.</summary>
    internal WireGuardSecret Clamped()
    {
        if (IsNone)
            return this;
        Span<byte> bytes = stackalloc byte[Length];
        _bytes.CopyTo(bytes);
        bytes[0] &= 0b1111_1000;
        bytes[^1] = (byte)((bytes[^1] & 0b0111_1111) | 0b0100_0000);
        return new WireGuardSecret(bytes);
    }

    /// <summary>Reads 44 characters of Base64.</summary>
    public static bool TryParse(string text, out WireGuardSecret secret)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var right = WireGuardKeyText.TryParse(text, bytes);
        secret = right ? new WireGuardSecret(bytes) : None;
        CryptographicOperations.ZeroMemory(bytes);
        return right;
    }

    /// <summary>Reads 44 characters of Base64.</summary>
    /// <exception cref="FormatException">They are not that; what they are is not said.</exception>
    public static WireGuardSecret Parse(string text) =>
        TryParse(text, out var secret) ? secret : throw new FormatException("a WireGuard key is 44 characters of Base64");

    /// <summary>Takes the same time wherever two keys differ.</summary>
    public bool Equals(WireGuardSecret? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as WireGuardSecret);

    public override int GetHashCode() => new WireGuardPublicKey(_bytes).GetHashCode();

    /// <summary>Never the key.</summary>
    public override string ToString() => "(secret)";
}
