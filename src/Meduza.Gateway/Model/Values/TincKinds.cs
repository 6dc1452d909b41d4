using System.Globalization;

namespace Meduza.Gateway.Model.Values;

/// <summary>The kinds of values that tinc's own keys have.</summary>
internal static class TincKinds
{
    /// <summary>A name that becomes a folder and part of a pid file's name.</summary>
    public static ValueKind<string> Netname { get; } = ValueKind.Text(
        "name", InstanceName.Expected,
        text => InstanceName.TryParse(text, out _));

    /// <summary>A cipher or digest by OpenSSL's name; <c>none</c> turns it off.</summary>
    public static ValueKind<string> Algorithm { get; } = ValueKind.Text(
        "OpenSSL name", "a name such as aes-256-cbc or sha256, or none",
        text => text.Length <= 40 && InstanceName.TryParse(text, out _));

    public static ValueKind<string> Mode { get; } = Kinds.OneOf(("switch", "switch"), ("hub", "hub"), ("router", "router"));

    public static ValueKind<string> Subnet { get; } = new(
        "subnet", "a network such as 10.0.0.0/24 or fd00::/64, with #WEIGHT where wanted, or a MAC address", ValueLayout.Line, ReadSubnet);

    /// <summary>It stands in a host file, in which every line outside of it would be one of tinc's.</summary>
    public static ValueKind<string> RsaPublicKey { get; } = PemText.Kind(
        "RSA public key", "the content of an RSA public key (BEGIN RSA PUBLIC KEY), and nothing around it",
        text => PemText.IsOneBlock(text, "RSA PUBLIC KEY", "PUBLIC KEY"), text => text);

    public static ValueKind<Secret> RsaPrivateKey { get; } = PemText.Kind(
        "RSA private key", "the content of an RSA private key without a passphrase (BEGIN RSA PRIVATE KEY)",
        text => PemText.HoldsOnly(text, "RSA PRIVATE KEY") || PemText.HoldsOnly(text, "PRIVATE KEY"), text => new Secret(text));

    public static ValueKind<Secret> Ed25519PrivateKey { get; } = PemText.Kind(
        "Ed25519 private key", "the content of tinc 1.1's Ed25519 private key (BEGIN ED25519 PRIVATE KEY)",
        text => PemText.HoldsOnly(text, "ED25519 PRIVATE KEY"), text => new Secret(text));

    /// <summary>tinc writes 32 bytes as 43 characters of base64 without padding (its own alphabet is the usual one).</summary>
    public static ValueKind<string> Ed25519PublicKey { get; } = ValueKind.Text(
        "Ed25519 public key", "43 characters of base64, as after Ed25519PublicKey =",
        text => text.Length == 43
                && !text.AsSpan().ContainsAnyExcept(CharacterSets.Base64));

    private static Reading<string> ReadSubnet(string text)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var network = hash < 0 ? text : text[..hash];
        var weight = "";
        if (hash >= 0)
        {
            if (!AddressText.TryParseNumber(text.AsSpan(hash + 1), int.MaxValue, out var number))
                return Reading.Bad<string>("its weight is not a number");
            weight = string.Create(CultureInfo.InvariantCulture, $"#{number}");
        }
        if (AddressText.IsMac(network))
            return Reading.Of<string>(network.ToLowerInvariant() + weight);
        if (AddressText.TryParse(network, out var address))
            return Reading.Of<string>(address + weight);
        if (!Prefix.TryParse(network, out var prefix, out var hadHostBits))
            return Reading.Bad<string>();
        // tincd refuses a subnet with host bits set, and then does not start.
        return Reading.Of<string>(prefix + weight, hadHostBits ? $"{network} has host bits set: read as {prefix}" : null);
    }
}
