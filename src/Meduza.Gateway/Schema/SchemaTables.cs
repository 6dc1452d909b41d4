using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.OpenVpn;

namespace Meduza.Gateway.Schema;

/// <summary>
/// The key table as tables of Markdown: for <c>docs/etcd-schema.md</c>, which has its own words between them, and for
/// <c>meduza schema --markdown</c>.
/// </summary>
public static class SchemaTables
{
    /// <summary>The sections, each once, in the order of the key table.</summary>
    public static ImmutableArray<string> Sections { get; } = [.. KeyTable.All.Select(SectionOf).Distinct()];

    /// <summary>Every section with a heading and its table.</summary>
    public static string All()
    {
        var text = new StringBuilder();
        foreach (var section in Sections)
            text.Append("## ").Append(section).Append("\n\n").Append(Of([section])).Append('\n');
        return text.ToString();
    }

    /// <summary>One table of the keys of some sections.</summary>
    /// <exception cref="ArgumentException">There is no such section.</exception>
    public static string Of(IReadOnlyCollection<string> sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        foreach (var section in sections)
        {
            if (!Sections.Contains(section))
                throw new ArgumentException($"no key is of section {section}: there are {string.Join(' ', Sections)}", nameof(sections));
        }
        List<KeySpec> specs = [.. KeyTable.All.Where(spec => sections.Contains(SectionOf(spec)))];
        if (specs.TrueForAll(spec => spec is RefusedKey))
            return Refused(specs.Cast<RefusedKey>());
        return specs.TrueForAll(spec => SectionOf(spec) == "directives") ? Directives(specs) : Keys(specs);
    }

    /// <summary>The key as it is written in its section: without what all keys of the section begin with.</summary>
    public static string NameOf(KeySpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return SectionOf(spec) == "undriven" ? spec.Template : spec.Template
            .Replace("/nodes/<ID>/openvpn/<NAME>/bgp/", "bgp/", StringComparison.Ordinal)
            .Replace("/nodes/<ID>/wireguard/<NAME>/", "", StringComparison.Ordinal)
            .Replace("/nodes/<ID>/openvpn/<NAME>/", "", StringComparison.Ordinal)
            .Replace("/nodes/<ID>/", "", StringComparison.Ordinal);
    }

    private static string Keys(List<KeySpec> specs)
    {
        var table = new StringBuilder("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
        foreach (var spec in specs)
        {
            var value = Cell(spec.KindName + (spec.IsSecret ? ", secret" : ""));
            table.Append($"| `{NameOf(spec)}` | {value} | {(spec.Default is { } d ? Cell(d) : "")} | {Cell(spec.About)} |\n");
        }
        return table.ToString();
    }

    private static string Directives(List<KeySpec> specs)
    {
        var table = new StringBuilder("| directive | arguments |\n| --- | --- |\n");
        foreach (var spec in specs)
            table.Append($"| `{NameOf(spec)}` | {Cell(spec.KindName)} |\n");
        return table.ToString();
    }

    private static string Refused(IEnumerable<RefusedKey> specs)
    {
        var table = new StringBuilder("| directive | why |\n| --- | --- |\n");
        foreach (var group in specs.GroupBy(spec => spec.Reason))
            table.Append($"| {string.Join(", ", group.Select(spec => $"`{NameOf(spec)}`"))} | {group.Key} |\n");
        return table.ToString();
    }

    private static string SectionOf(KeySpec spec) => spec switch
    {
        RefusedKey => "refused",
        { IsUndriven: true } => "undriven",
        Key<ImmutableArray<OpenVpnDirective>> => "directives",
        { Template: "/commit" or "/commit/confirm" } or { Template: "/global/mesh_type" } or { Template: "/global/internal_routing_system" } => "fleet",
        WrittenKey => "status",
        _ when spec.Template.StartsWith("/global/", StringComparison.Ordinal) => "global-" + spec.Template.Split('/')[2],
        _ when spec.Template.StartsWith("/dns/", StringComparison.Ordinal) => "hosts",
        _ when spec.Template.Contains("/openvpn/<NAME>/bgp/", StringComparison.Ordinal) => "link-bgp",
        _ when spec.Template.Contains("/wireguard/<NAME>/bgp/", StringComparison.Ordinal) => "wireguard-bgp",
        _ => spec.Template.Split('/')[3],
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
