using System.Globalization;
using System.Net;

namespace Meduza.Init.Supervise.Boot.Machine;

/// <summary>An address that a device of this machine is to have.</summary>
internal sealed record GivenAddress(string Device, IPAddress Address, int PrefixLength)
{
    public override string ToString() => $"{Device}:{Address}/{PrefixLength}";
}

/// <summary>
/// What the kernel's command line says about this machine itself, in small letters; names in capitals are settings
/// of its node (<see cref="GivenSettings"/>).
/// </summary>
internal sealed record MachineParameters
{
    private const string Prefix = "meduza.";

    /// <summary><c>meduza.address=eth0:192.0.2.2/24</c>, one each.</summary>
    public IReadOnlyList<GivenAddress> Addresses { get; init; } = [];

    /// <summary><c>meduza.gateway=192.0.2.1</c>: the default routes, one of each family.</summary>
    public IReadOnlyList<IPAddress> Gateways { get; init; } = [];

    /// <summary><c>meduza.dns=192.0.2.53</c>: what <c>DNS_NAMESERVERS</c> is where nothing else says it.</summary>
    public IReadOnlyList<IPAddress> Resolvers { get; init; } = [];

    /// <summary><c>meduza.data=/dev/sda3</c>, or <c>none</c>; null to look for a file system with the label.</summary>
    public string? Data { get; init; }

    /// <summary><c>root=/dev/sda2</c>, the kernel's own word; null to look for one.</summary>
    public string? Root { get; init; }

    /// <param name="text">Of <c>/proc/cmdline</c>.</param>
    /// <param name="warn">Told of each that makes no sense, and is left out.</param>
    public static MachineParameters Parse(string text, Action<string> warn)
    {
        List<GivenAddress> addresses = [];
        List<IPAddress> gateways = [], resolvers = [];
        string? data = null, root = null;
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                continue;
            var (name, value) = (word[..equals], word[(equals + 1)..]);
            switch (name)
            {
                case "root":
                    root = Device(word, value, "a device, as root=/dev/sda2");
                    break;
                case Prefix + "data":
                    data = value == "none" ? value : Device(word, value, "a device, as meduza.data=/dev/sda3, or none");
                    break;
                case Prefix + "address":
                    if (Address(value) is { } address)
                        addresses.Add(address);
                    else
                        Wrong(word, "a device and an address with its length, as meduza.address=eth0:192.0.2.2/24");
                    break;
                case Prefix + "gateway":
                    if (!IPAddress.TryParse(value, out var gateway))
                        Wrong(word, "an address, as meduza.gateway=192.0.2.1");
                    else if (gateways.Exists(other => other.AddressFamily == gateway.AddressFamily))
                        Wrong(word, "the only one of its family: a machine has one default route of each");
                    else
                        gateways.Add(gateway);
                    break;
                case Prefix + "dns":
                    if (IPAddress.TryParse(value, out var resolver))
                        resolvers.Add(resolver);
                    else
                        Wrong(word, "an address, as meduza.dns=192.0.2.53");
                    break;
                default:
                    if (name.StartsWith(Prefix, StringComparison.Ordinal) && !GivenSettings.IsSetting(name[Prefix.Length..]))
                        warn($"warning: kernel parameter {name}= is none that is known: it is left out; there are meduza.address, gateway, dns and data, and settings in capitals, as meduza.NODE_ID=gw1");
                    break;
            }
        }
        return new() { Addresses = addresses, Gateways = gateways, Resolvers = resolvers, Data = data, Root = root };

        string? Device(string word, string value, string expected)
        {
            if (value.StartsWith("/dev/", StringComparison.Ordinal))
                return value;
            Wrong(word, expected);
            return null;
        }

        void Wrong(string word, string expected) => warn($"warning: kernel parameter {word} is left out: it must be {expected}");
    }

    // DEVICE:ADDRESS/LENGTH; an address may have colons, a device's name has none.
    private static GivenAddress? Address(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var slash = value.LastIndexOf('/');
        return colon is > 0 and < 16 && slash > colon && IPAddress.TryParse(value[(colon + 1)..slash], out var address)
            && int.TryParse(value[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length <= 8 * address.GetAddressBytes().Length
            ? new(value[..colon], address, length)
            : null;
    }
}
