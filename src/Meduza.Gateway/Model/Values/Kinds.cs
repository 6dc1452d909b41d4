using System.Collections.Immutable;
using System.Net;

namespace Meduza.Gateway.Model.Values;

/// <summary>The kinds of values that the keys have.</summary>
public static class Kinds
{
    public static ValueKind<bool> Flag { get; } = ValueKind.Line<bool>(
        "flag", "true or false (also 1/0, yes/no, on/off)", TryReadFlag);

    public static ValueKind<string> FreeText { get; } = new(
        "text", "text in UTF-8", ValueLayout.Lines, text => Reading.Of<string>(text));

    public static ValueKind<Port> Port { get; } = ValueKind.Line<Port>("port", "a port, 1 to 65535", Values.Port.TryParse);

    public static ValueKind<AsNumber> AsNumber { get; } = ValueKind.Line<AsNumber>(
        "AS number", "an AS number, 1 to 4294967294", Values.AsNumber.TryParse);

    public static ValueKind<RouterId> RouterId { get; } = ValueKind.Line<RouterId>(
        "router id", "a router id: an IPv4 address, not 0.0.0.0", Values.RouterId.TryParse);

    public static ValueKind<OspfArea> OspfArea { get; } = ValueKind.Line<OspfArea>(
        "OSPF area", "an OSPF area: a number or a dotted quad", Values.OspfArea.TryParse);

    public static ValueKind<DeviceName> Device { get; } = ValueKind.Line<DeviceName>("device", DeviceName.Expected, DeviceName.TryParse);

    public static ValueKind<TincName> TincName { get; } = ValueKind.Line<TincName>("tinc name", Values.TincName.Expected, Values.TincName.TryParse);

    public static ValueKind<InstanceName> Name { get; } = ValueKind.Line<InstanceName>("name", InstanceName.Expected, InstanceName.TryParse);

    /// <summary>An address of either family.</summary>
    public static ValueKind<IPAddress> Address { get; } = new(
        "address", "an IPv4 or IPv6 address", ValueLayout.Line,
        text => AddressText.TryParse(text, out var address) ? Reading.Of(address) : Reading.Bad<IPAddress>());

    /// <summary>A DNS name or an address of either family.</summary>
    public static ValueKind<string> HostOrAddress { get; } = ValueKind.Text(
        "host", "a host name or an address", text => AddressText.TryParse(text, out _) || HostName.TryParse(text, out _));

    public static ValueKind<UpdateSource> UpdateSource { get; } = ValueKind.Line<UpdateSource>(
        "device or IPv4 address", "a device name, or an IPv4 address of this node", Values.UpdateSource.TryParse);

    /// <summary>An IPv4 address.</summary>
    public static ValueKind<IPAddress> Ipv4 { get; } = new(
        "IPv4 address", "an IPv4 address", ValueLayout.Line, ReadIpv4);

    /// <summary>An IPv4 address with the length of its network.</summary>
    public static ValueKind<HostAddress> Ipv4Host { get; } = new(
        "IPv4 address/length", "an IPv4 address with the length of its network, such as 10.0.0.1/24", ValueLayout.Line, ReadIpv4Host);

    /// <summary>An IPv4 network; host bits are masked, with a warning.</summary>
    public static ValueKind<Prefix> Ipv4Network { get; } = new(
        "CIDR", "an IPv4 network, such as 10.0.0.0/24", ValueLayout.Line, ReadIpv4Network);

    /// <summary>A whole number between two bounds.</summary>
    public static ValueKind<uint> Number(uint min, uint max) => ValueKind.Line<uint>(
        $"number {min}–{max}", $"a whole number, {min} to {max}",
        (string text, out uint value) => AddressText.TryParseNumber(text, max, out value) && value >= min);

    /// <summary>One of a few words, each standing for a value.</summary>
    public static ValueKind<T> OneOf<T>(params (string Word, T Value)[] words) => new(
        string.Join(" | ", words.Select(w => w.Word)), "one of " + string.Join(", ", words.Select(w => w.Word)), ValueLayout.Line,
        text =>
        {
            foreach (var (word, value) in words)
            {
                if (word == text)
                    return Reading.Of<T>(value);
            }
            return Reading.Bad<T>();
        });

    /// <summary>
    /// Lines, each an item of one kind: trimmed, empty ones dropped, duplicates dropped. The order is kept, or, where it
    /// means nothing, made the items' own.
    /// </summary>
    public static ValueKind<ImmutableArray<T>> ListOf<T>(ValueKind<T> item, bool sorted = false) => new(
        $"list of {item.Name}", $"one item a line, each {item.Expected}", ValueLayout.Lines, text => ReadList(text, item, sorted))
    { IsList = true };

    private static Reading<ImmutableArray<T>> ReadList<T>(string text, ValueKind<T> item, bool sorted)
    {
        var items = new List<T>();
        var seen = new HashSet<T>();
        List<string> warnings = [];
        foreach (var line in Lines.Items(text))
        {
            var reading = item.Read(line);
            if (!reading.Ok)
                return Reading.Bad<ImmutableArray<T>>($"item {Quoted.Of(line)} is not valid{(reading.Error.Length > 0 ? $": {reading.Error}" : "")}");
            if (reading.Warning is { } warning)
                warnings.Add(warning);
            if (seen.Add(reading.Value!))
                items.Add(reading.Value!);
        }
        if (sorted)
            items.Sort();
        return Reading.Of<ImmutableArray<T>>([.. items], warnings.Count > 0 ? string.Join("; ", warnings) : null);
    }

    private static bool TryReadFlag(string text, out bool value)
    {
        value = Is(text, "true") || text == "1" || Is(text, "yes") || Is(text, "on");
        return value || Is(text, "false") || text == "0" || Is(text, "no") || Is(text, "off");

        static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    private static Reading<IPAddress> ReadIpv4(string text)
    {
        if (AddressText.TryParseIpv4(text, out var address))
            return Reading.Of<IPAddress>(address);
        return Reading.Bad<IPAddress>(AddressText.TryParse(text, out _) ? "IPv6 is not supported here" : "");
    }

    private static Reading<HostAddress> ReadIpv4Host(string text)
    {
        if (!HostAddress.TryParse(text, out var host))
            return Reading.Bad<HostAddress>();
        return host.IsIpv6 ? Reading.Bad<HostAddress>("IPv6 is not supported here") : Reading.Of<HostAddress>(host);
    }

    private static Reading<Prefix> ReadIpv4Network(string text)
    {
        if (!Prefix.TryParse(text, out var prefix, out var hadHostBits))
            return Reading.Bad<Prefix>();
        if (prefix.IsIpv6)
            return Reading.Bad<Prefix>("IPv6 is not supported here");
        return Reading.Of<Prefix>(prefix, hadHostBits ? $"{text} has host bits set: read as {prefix}" : null);
    }
}
