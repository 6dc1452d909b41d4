using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Meduza.Gateway.Model.Values;

/// <summary>Where a BGP session starts from: a device, or an address of this node.</summary>
public readonly record struct UpdateSource
{
    private readonly string? _text;

    private UpdateSource(string text) => _text = text;

    public static UpdateSource Of(DeviceName device) => new(device.ToString());

    public static UpdateSource Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new UpdateSource(address.ToString());
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out UpdateSource source)
    {
        source = default;
        if (text is null)
            return false;
        if (AddressText.TryParseIpv4(text, out var address))
            source = Of(address);
        // Digits and dots that are no address are a mistyped address, not a device.
        else if (DeviceName.TryParse(text, out var device) && text.AsSpan().ContainsAnyExcept(CharacterSets.Ipv4))
            source = Of(device);
        else
            return false;
        return true;
    }

    public override string ToString() => _text ?? "";
}
