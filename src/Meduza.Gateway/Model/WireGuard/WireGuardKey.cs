using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model.WireGuard;

/// <summary>A key of WireGuard as text: 32 bytes in Base64, in the one way of writing them that WireGuard takes.</summary>
public readonly record struct WireGuardKey
{
    private const int Bytes = 32;
    private const int Characters = 44;

    private readonly string? _text;

    private WireGuardKey(string text) => _text = text;

    public static bool TryParse([NotNullWhen(true)] string? text, out WireGuardKey key)
    {
        key = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        // All zeros is how WireGuard writes that there is no key.
        if (text?.Length != Characters || !Convert.TryFromBase64String(text, bytes, out var length) || length != Bytes
            || Convert.ToBase64String(bytes) != text || bytes.IndexOfAnyExcept((byte)0) < 0)
            return false;
        key = new WireGuardKey(text);
        return true;
    }

    public override string ToString() => _text ?? "";
}
