using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.EasyTier;

/// <summary>The kinds of values that EasyTier's own keys have.</summary>
internal static class EasyTierKinds
{
    private const int Longest = 255;
    private const string Expected = "one line of text, 1 to 255 characters";

    /// <summary>The length that EasyTier takes an address without one to have, and one of 32 bits too.</summary>
    private const int DefaultLength = 24;

    public static ValueKind<string> NetworkName { get; } = ValueKind.Text("text", Expected, text => text.Length <= Longest);

    public static ValueKind<Secret> NetworkSecret { get; } = new(
        "text", Expected, ValueLayout.Line, text => text.Length <= Longest ? Reading.Of(new Secret(text)) : Reading.Bad<Secret>());

    public static ValueKind<HostAddress> Address { get; } = new(
        "IPv4 address[/length]", "an IPv4 address with the length of its network, such as 10.0.0.1/24", ValueLayout.Line, ReadAddress);

    public static ValueKind<ImmutableArray<EasyTierUrl>> Listeners { get; } = Kinds.ListOf(
        ValueKind.Line<EasyTierUrl>("EasyTier listener", EasyTierUrl.ExpectedListener, EasyTierUrl.TryParseListener));

    public static ValueKind<ImmutableArray<EasyTierUrl>> MappedListeners { get; } = Kinds.ListOf(
        ValueKind.Line<EasyTierUrl>("EasyTier URL", EasyTierUrl.ExpectedMapped, EasyTierUrl.TryParseMapped));

    public static ValueKind<ImmutableArray<EasyTierUrl>> Peers { get; } = Kinds.ListOf(
        ValueKind.Line<EasyTierUrl>("EasyTier URL", EasyTierUrl.ExpectedPeer, EasyTierUrl.TryParsePeer));

    private static Reading<HostAddress> ReadAddress(string text)
    {
        var reading = Kinds.Ipv4Host.Read(AddressText.TryParseIpv4(text, out _) ? $"{text}/{DefaultLength}" : text);
        if (reading is not { Ok: true, Value: { PrefixLength: 32 } single })
            return reading;
        var read = single with { PrefixLength = DefaultLength };
        return Reading.Of<HostAddress>(read, $"EasyTier takes {single} for {read}: write the length of the overlay's network");
    }
}
