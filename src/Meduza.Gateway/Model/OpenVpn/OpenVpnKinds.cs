using System.Net;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>The kinds of values that OpenVPN's own keys have.</summary>
internal static class OpenVpnKinds
{
    private static readonly string[] Protocols =
        ["udp", "udp4", "udp6", "tcp-server", "tcp4-server", "tcp6-server", "tcp-client", "tcp4-client", "tcp6-client"];

    public static ValueKind<OpenVpnProtocol> Protocol { get; } = new(
        "protocol", "one of " + string.Join(", ", Protocols), ValueLayout.Line,
        text => Protocols.Contains(text) ? Reading.Of<OpenVpnProtocol>(new OpenVpnProtocol(text)) : Reading.Bad<OpenVpnProtocol>(
            text == "tcp" ? "tcp does not say which side listens" : ""));

    /// <summary>A device name that OpenVPN takes as it is: it numbers a bare <c>tun</c> or <c>tap</c> by itself.</summary>
    public static ValueKind<DeviceName> Device { get; } = new(
        "device", DeviceName.Expected + ", such as tun0", ValueLayout.Line, text =>
            text is "tun" or "tap" or "null" ? Reading.Bad<DeviceName>("OpenVPN would choose the device's number itself: give the whole name")
            : DeviceName.TryParse(text, out var name) ? Reading.Of<DeviceName>(name) : Reading.Bad<DeviceName>());

    public static ValueKind<OpenVpnRemote> Remote { get; } = new("remote", "HOST [PORT [PROTO]]", ValueLayout.Line, ReadRemote);

    public static ValueKind<OpenVpnIfconfig> Ifconfig { get; } = new(
        "two IPv4 addresses", "the own and the other side's IPv4 address, separated by a space", ValueLayout.Line, ReadIfconfig);

    public static ValueKind<OpenVpnKeepalive> Keepalive { get; } = new(
        "two numbers", "two numbers of seconds, such as 10 60: between pings, and until a restart (at least twice as long)",
        ValueLayout.Line, ReadKeepalive);

    public static ValueKind<Secret> StaticKey { get; } = Pem(
        "static key", "the content of an OpenVPN static key (BEGIN OpenVPN Static key V1)", PemText.IsStaticKey);

    public static ValueKind<Secret> Certificates { get; } = Pem(
        "certificates", "the content of a PEM file (BEGIN CERTIFICATE)", text => PemText.HoldsOnly(text, "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"));

    public static ValueKind<Secret> PrivateKey { get; } = Pem(
        "private key", "the content of a PEM file with a private key that has no passphrase (BEGIN PRIVATE KEY)",
        text => PemText.HoldsOnly(text, "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "EC PARAMETERS"));

    private static ValueKind<Secret> Pem(string name, string expected, Func<string, bool> isRight) =>
        PemText.Kind(name, expected, isRight, content => new Secret(content));

    private static Reading<OpenVpnRemote> ReadRemote(string text)
    {
        var words = Lines.Words(text);
        if (words.Length is 0 or > 3 || !Kinds.HostOrAddress.Read(words[0]).Ok)
            return Reading.Bad<OpenVpnRemote>();
        // A remote without a port has the instance's.
        if (!DirectiveText.Fits(DirectiveText.Line("remote", words.Length > 1 ? words : [words[0], "65535"])))
            return Reading.Bad<OpenVpnRemote>(DirectiveShape.TooLong);
        Port? port = null;
        if (words.Length > 1)
        {
            if (!Port.TryParse(words[1], out var number))
                return Reading.Bad<OpenVpnRemote>("its port is not one");
            port = number;
        }
        if (words.Length < 3)
            return Reading.Of<OpenVpnRemote>(new OpenVpnRemote(words[0], port, null));
        var protocol = Protocol.Read(words[2]);
        return protocol.Ok
            ? Reading.Of<OpenVpnRemote>(new OpenVpnRemote(words[0], port, protocol.Value))
            : Reading.Bad<OpenVpnRemote>("its protocol is not one");
    }

    private static Reading<OpenVpnIfconfig> ReadIfconfig(string text)
    {
        var words = Lines.Words(text);
        if (words.Length == 2 && AddressText.TryParseIpv4(words[0], out var local) && AddressText.TryParseIpv4(words[1], out var other)
            && !local.Equals(other) && !local.Equals(IPAddress.Any))
        {
            return Reading.Of<OpenVpnIfconfig>(new OpenVpnIfconfig(local, other));
        }
        return Reading.Bad<OpenVpnIfconfig>();
    }

    private static Reading<OpenVpnKeepalive> ReadKeepalive(string text)
    {
        var words = Lines.Words(text);
        if (words.Length == 2 && AddressText.TryParseNumber(words[0], 86_400, out var interval) && interval > 0
            && AddressText.TryParseNumber(words[1], 604_800, out var timeout) && timeout >= interval * 2)
        {
            return Reading.Of<OpenVpnKeepalive>(new OpenVpnKeepalive(interval, timeout));
        }
        return Reading.Bad<OpenVpnKeepalive>();
    }
}
