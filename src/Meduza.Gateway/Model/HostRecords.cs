using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>The names that dnsmasq answers by itself.</summary>
/// <param name="Records">Sorted by name; the addresses in the order given.</param>
public sealed record HostRecords(ImmutableArray<HostRecord> Records)
{
    public static HostRecords None { get; } = new([]);

    /// <summary>
    /// Reads the keys below <c>/dns/hosts/</c>; others are passed over. A bad record, or a bad address in one, is left
    /// out with a warning and never hides the others.
    /// </summary>
    public static (HostRecords Records, ImmutableArray<KeyFinding> Warnings) Parse(
        IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var warnings = new Findings();
        var records = new SortedDictionary<HostName, HostRecord>();
        foreach (var (key, value) in keys)
        {
            if (!key.StartsWith(KeyTable.HostsPrefix, StringComparison.Ordinal))
                continue;
            if (!HostName.TryParse(key[KeyTable.HostsPrefix.Length..], out var name))
                warnings.Warn(key, "is not a host name: the record is left out");
            else if (ReadAddresses(key, value.Span, warnings) is { IsEmpty: false } addresses && !records.TryAdd(name, new HostRecord(name, addresses)))
                warnings.Warn(key, $"differs from another record only in the case of its letters: the record is left out");
        }
        return (new HostRecords([.. records.Values]), warnings.Warnings);
    }

    private static ImmutableArray<IPAddress> ReadAddresses(string key, ReadOnlySpan<byte> value, Findings warnings)
    {
        var found = new Findings();
        var reader = new KeyReader(KeySpace.Empty, "", found, []);
        if (!reader.TryText(key, value, ValueLayout.Lines, KeyTable.HostRecord.Kind.Expected, out var text))
        {
            warnings.AddAsWarnings(found, "the record is left out");
            return [];
        }
        List<IPAddress> addresses = [];
        foreach (var line in Lines.Items(text))
        {
            if (!AddressText.TryParse(line, out var address))
                warnings.Warn(key, $"{Quoted.Of(line)} is not an address: it is left out");
            else if (!addresses.Contains(address))
                addresses.Add(address);
        }
        if (text.Length == 0)
            warnings.Warn(key, "has no address: the record is left out");
        return [.. addresses];
    }
}

/// <summary>One name with its addresses.</summary>
public sealed record HostRecord(HostName Name, ImmutableArray<IPAddress> Addresses);
