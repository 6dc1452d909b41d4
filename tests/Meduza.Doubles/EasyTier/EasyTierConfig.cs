using System.Globalization;
using System.Net;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Serialization;

namespace Meduza.Doubles.EasyTier;

/// <summary>
/// easytier-core 2.4's file (<c>common/config.rs</c>). A field that it does not know is passed over, one of another type is refused. A
/// flag of another type is a panic.
/// </summary>
/// <param name="Device">Its name; empty for one of its own.</param>
/// <param name="Address">Null where it has none, or one that cannot be read: then no device is made.</param>
/// <param name="Listeners">Ports that it binds.</param>
internal sealed record EasyTierConfig(string Text, string Device, IPNetwork? Address, IPAddress? Host, IReadOnlyList<(bool IsUdp, IPEndPoint Listen)> Listeners)
{
    /// <summary>What a flag is, by its name (<c>FlagsInConfig</c>).</summary>
    private static readonly Dictionary<string, Type> Flags = new(StringComparer.Ordinal)
    {
        ["default_protocol"] = typeof(string), ["dev_name"] = typeof(string), ["enable_encryption"] = typeof(bool), ["enable_ipv6"] = typeof(bool), ["mtu"] = typeof(long),
        ["latency_first"] = typeof(bool), ["no_tun"] = typeof(bool), ["use_smoltcp"] = typeof(bool), ["relay_network_whitelist"] = typeof(string), ["multi_thread"] = typeof(bool),
        ["private_mode"] = typeof(bool), ["bind_device"] = typeof(bool), ["accept_dns"] = typeof(bool), ["disable_p2p"] = typeof(bool),
    };

    /// <exception cref="ConfigException">It ends with 1.</exception>
    /// <exception cref="PanicException">It ends with 101.</exception>
    public static EasyTierConfig Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"failed to read config file: \"{path}\"");
        }
        // As the original does: the whole text is in its words.
        ConfigException Wrong(string why) => new($"failed to parse config file: {text}\n\nCaused by:\n    {why}");
        TomlTable file;
        try
        {
            file = TomlSerializer.Deserialize(text, TomlText.Default.TomlTable)!;
        }
        catch (TomlException e)
        {
            throw Wrong($"TOML parse error {e.Message}");
        }
        foreach (var name in (string[])["hostname", "instance_name", "ipv4", "ipv6", "netns"])
            Optional<string>(file, name, Wrong);
        Optional<bool>(file, "dhcp", Wrong);
        if (Optional<TomlTable>(file, "network_identity", Wrong) is { } identity)
        {
            _ = Optional<string>(identity, "network_name", Wrong) ?? throw Wrong("missing field `network_name`");
            Optional<string>(identity, "network_secret", Wrong);
        }
        foreach (var peer in Optional<TomlTableArray>(file, "peer", Wrong) ?? [])
            Url(Optional<string>(peer, "uri", Wrong) ?? throw Wrong("missing field `uri`"), Wrong);
        foreach (var url in Texts(file, "mapped_listeners", Wrong))
            Url(url, Wrong);
        foreach (var route in Texts(file, "routes", Wrong))
        {
            if (!IPNetwork.TryParse(route, out _))
                throw Wrong($"invalid value: string \"{route}\", expected an IPv4 network");
        }
        if (Optional<string>(file, "rpc_portal", Wrong) is { } portal && !IPEndPoint.TryParse(portal, out _))
            throw Wrong("invalid socket address syntax");
        var flags = Optional<TomlTable>(file, "flags", Wrong) ?? [];
        foreach (var (flag, value) in flags)
        {
            if (Flags.TryGetValue(flag, out var type) && value.GetType() != type)
                throw new PanicException($"called `Result::unwrap()` on an `Err` value: Error(\"invalid type: {value}, expected {type.Name}\", line: 0, column: 0)");
        }
        var (network, host) = AddressIn(file);
        return new(
            text, flags.TryGetValue("dev_name", out var device) ? (string)device : "", network, host,
            [.. Texts(file, "listeners", Wrong).Select(url => Url(url, Wrong)).Where(url => url.Scheme is "tcp" or "udp").Select(url => (url.Scheme == "udp", IPEndPoint.Parse($"{url.Host}:{url.Port}")))]);
    }

    private static (IPNetwork?, IPAddress?) AddressIn(TomlTable file)
    {
        if (!file.TryGetValue("ipv4", out var text) || ((string)text).Split('/') is not [var address, .. var rest] || !IPAddress.TryParse(address, out var host))
            return default;
        var length = rest is [var digits] ? int.Parse(digits, CultureInfo.InvariantCulture) : 32;
        // Of one address alone it makes a network (get_ipv4).
        length = length == 32 ? 24 : length;
        var bits = BitConverter.ToUInt32([.. host.GetAddressBytes().Reverse()]) & (length == 0 ? 0 : uint.MaxValue << (32 - length));
        return (new(new IPAddress([.. BitConverter.GetBytes(bits).Reverse()]), length), host);
    }

    private static Uri Url(string text, Func<string, ConfigException> wrong) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : throw wrong($"invalid value: string \"{text}\", expected relative URL without a base");

    private static T? Optional<T>(TomlTable table, string name, Func<string, ConfigException> wrong) =>
        !table.TryGetValue(name, out var value) ? default : value is T right ? right : throw wrong($"invalid type: {value.GetType().Name} for `{name}`, expected {typeof(T).Name}");

    private static IEnumerable<string> Texts(TomlTable table, string name, Func<string, ConfigException> wrong) =>
        (Optional<TomlArray>(table, name, wrong) ?? []).Select(value => value as string ?? throw wrong($"invalid type in `{name}`, expected a string"));
}

/// <summary>A Rust program ends with 101 and these words.</summary>
internal sealed class PanicException(string message) : Exception(message);

/// <summary>Any file, as tables; without reflection.</summary>
[TomlSerializable(typeof(TomlTable))]
internal sealed partial class TomlText : TomlSerializerContext;
