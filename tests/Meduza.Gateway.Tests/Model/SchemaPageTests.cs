using System.Text;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Tests.Golden;

namespace Meduza.Gateway.Tests.Model;

/// <summary>
/// <c>docs/etcd-schema.md</c> says what the key table says. <c>MEDUZA_GOLDEN=write</c> writes its tables anew.
/// </summary>
public sealed class SchemaPageTests
{
    private const string Begin = "<!-- keys: ";
    private const string End = "<!-- end -->";

    private static string Page => Path.Combine(GoldenTests.Folder(), "../../../docs/etcd-schema.md");

    [Fact]
    public void Page_lists_every_key_as_the_table_has_it()
    {
        var text = File.ReadAllText(Page);
        var current = Fill(text);
        if (Environment.GetEnvironmentVariable("MEDUZA_GOLDEN") == "write")
            File.WriteAllText(Page, current);
        else
            Assert.Equal(current, text);
        foreach (var spec in KeyTable.All.Where(spec => !spec.IsUndriven))
            Assert.Contains($"`{Short(spec)}`", current, StringComparison.Ordinal);
    }

    /// <summary>Replaces what stands between the markers of each section by the keys that the section is about.</summary>
    private static string Fill(string text)
    {
        var page = new StringBuilder();
        var at = 0;
        for (int begin; (begin = text.IndexOf(Begin, at, StringComparison.Ordinal)) >= 0;)
        {
            var named = text.IndexOf(" -->\n", begin, StringComparison.Ordinal);
            var prefixes = text[(begin + Begin.Length)..named].Split(' ');
            page.Append(text, at, named + 5 - at).Append(Table(prefixes));
            at = text.IndexOf(End, named, StringComparison.Ordinal);
        }
        return page.Append(text, at, text.Length - at).ToString();
    }

    private static string Table(string[] prefixes)
    {
        var table = new StringBuilder();
        var specs = KeyTable.All.Where(spec => prefixes.Any(prefix => prefix == Section(spec))).ToList();
        Assert.True(specs.Count > 0, $"no key of {string.Join(' ', prefixes)}");
        if (specs.TrueForAll(spec => spec is RefusedKey))
        {
            table.Append("| directive | why |\n| --- | --- |\n");
            foreach (var group in specs.Cast<RefusedKey>().GroupBy(spec => spec.Reason))
                table.Append($"| {string.Join(", ", group.Select(spec => $"`{Short(spec)}`"))} | {group.Key} |\n");
            return table.ToString();
        }
        if (specs.TrueForAll(spec => Section(spec) == "directives"))
        {
            table.Append("| directive | arguments |\n| --- | --- |\n");
            foreach (var spec in specs)
                table.Append($"| `{Short(spec)}` | {Cell(spec.KindName)} |\n");
            return table.ToString();
        }
        table.Append("| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
        foreach (var spec in specs)
        {
            var value = Cell(spec.KindName + (spec.IsSecret ? ", secret" : ""));
            table.Append($"| `{Short(spec)}` | {value} | {(spec.Default is { } d ? Cell(d) : "")} | {Cell(spec.About)} |\n");
        }
        return table.ToString();
    }

    private static string Section(KeySpec spec) => spec switch
    {
        RefusedKey => "refused",
        { IsUndriven: true } => "undriven",
        Key<System.Collections.Immutable.ImmutableArray<Gateway.Model.OpenVpn.OpenVpnDirective>> => "directives",
        { Template: "/commit" } or { Template: "/global/mesh_type" } or { Template: "/global/internal_routing_system" } => "fleet",
        _ when spec.Template.StartsWith("/global/", StringComparison.Ordinal) => "global-" + spec.Template.Split('/')[2],
        _ when spec.Template.StartsWith("/dns/", StringComparison.Ordinal) => "hosts",
        _ when spec.Template.Contains("/openvpn/<NAME>/bgp/", StringComparison.Ordinal) => "link-bgp",
        _ when spec.Template.Contains("/wireguard/<NAME>/bgp/", StringComparison.Ordinal) => "wireguard-bgp",
        _ => spec.Template.Split('/')[3],
    };

    private static string Short(KeySpec spec) => spec.Template
        .Replace("/nodes/<ID>/openvpn/<NAME>/bgp/", "bgp/", StringComparison.Ordinal)
        .Replace("/nodes/<ID>/wireguard/<NAME>/", "", StringComparison.Ordinal)
        .Replace("/nodes/<ID>/openvpn/<NAME>/", "", StringComparison.Ordinal)
        .Replace("/nodes/<ID>/", "", StringComparison.Ordinal);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
