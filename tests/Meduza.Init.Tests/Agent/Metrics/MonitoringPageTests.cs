using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Meduza.Init.Agent.Metrics;
using YamlDotNet.RepresentationModel;

namespace Meduza.Init.Tests.Agent.Metrics;

/// <summary>
/// <c>docs/monitoring</c> tells of the metrics that there are, and of no others. <c>MEDUZA_GOLDEN=write</c> writes its table
/// anew.
/// </summary>
public sealed partial class MonitoringPageTests
{
    private const string Begin = "<!-- metrics -->\n";
    private const string End = "<!-- end -->";

    private static string Folder { get; } = Path.Combine(SourceFolder.Root, "docs/monitoring");

    /// <summary>Labels that a sample may have: those of its metric, and those that every scrape sets.</summary>
    private static Dictionary<string, string[]> Series { get; } = GatewayMetrics.All
        .SelectMany(metric => metric.Kind == MetricKind.Histogram
            ? new[] { ("_bucket", "le"), ("_sum", ""), ("_count", "") }.Select(part => (metric.Name + part.Item1, new[] { part.Item2 }))
            : [(metric.Name, [.. metric.Labels])])
        .Append(("up", []))
        .ToDictionary(series => series.Item1, series => (string[])[.. series.Item2, "instance", "job"]);

    [Fact]
    public void The_page_has_every_metric_as_the_list_has_it()
    {
        var page = Path.Combine(Folder, "README.md");
        var text = File.ReadAllText(page);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var current = text[..begin] + Table() + text[text.IndexOf(End, StringComparison.Ordinal)..];
        if (Environment.GetEnvironmentVariable("MEDUZA_GOLDEN") == "write")
            File.WriteAllText(page, current);
        Assert.Equal(current, File.ReadAllText(page));
    }

    [Fact]
    public void The_dashboard_asks_for_metrics_that_there_are_and_leaves_none_out()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dashboard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.Distinct(panels.Select(panel => panel.GetProperty("id").GetInt32()));
        var expressions = panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!).ToList();
        Assert.All(panels, panel => Assert.NotEqual(0, panel.GetProperty("targets").GetArrayLength()));
        Assert.All(expressions, Check);

        var asked = dashboard.RootElement.ToString();
        Assert.All(GatewayMetrics.All, metric => Assert.Contains(metric.Name, asked, StringComparison.Ordinal));
    }

    [Fact]
    public void Panels_do_not_lie_on_one_another()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dashboard.json")));
        var cells = new HashSet<(int, int)>();
        foreach (var position in dashboard.RootElement.GetProperty("panels").EnumerateArray().Select(panel => panel.GetProperty("gridPos")))
        {
            int Of(string name) => position.GetProperty(name).GetInt32();
            Assert.True(Of("x") + Of("w") <= 24);
            for (var x = Of("x"); x < Of("x") + Of("w"); x++)
            {
                for (var y = Of("y"); y < Of("y") + Of("h"); y++)
                    Assert.True(cells.Add((x, y)));
            }
        }
    }

    [Fact]
    public void Every_alert_is_named_once_explained_and_about_metrics_that_there_are()
    {
        var stream = new YamlStream();
        using (var reader = File.OpenText(Path.Combine(Folder, "alerts.yaml")))
            stream.Load(reader);
        var rules = Each(Map(stream.Documents.Single().RootNode), "groups").SelectMany(group => Each(group, "rules")).ToList();

        Assert.Distinct(rules.Select(rule => Text(rule, "alert")));
        Assert.All(rules, rule =>
        {
            Assert.Matches("^Meduza[A-Za-z]+$", Text(rule, "alert"));
            Check(Text(rule, "expr"));
            Assert.Contains(Text(Map(rule["labels"]), "severity"), (string[])["critical", "warning", "info"]);
            var annotations = Map(rule["annotations"]);
            Assert.Equal(["description", "summary"], annotations.Children.Keys.Select(key => key.ToString()).Order());
            // A label in a text must be one that the result can have.
            var labels = Names().Matches(Text(rule, "expr")).SelectMany(name => Series[name.Value]).Append("job").ToHashSet();
            Assert.All(
                annotations.Children.Values.SelectMany(text => TextLabels().Matches(text.ToString())),
                label => Assert.Contains(label.Groups[1].Value, labels));
        });
    }

    /// <summary>Each metric in it is one that there is, and so is each label that it is chosen or grouped by.</summary>
    private static void Check(string expression)
    {
        var names = Names().Matches(expression);
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains(name.Value, Series.Keys));
        Assert.Equal(Count(expression, '('), Count(expression, ')'));
        foreach (Match chosen in Selectors().Matches(expression))
            Assert.All(SelectorLabels().Matches(chosen.Groups["labels"].Value), label => Assert.Contains(label.Groups[1].Value, Series[chosen.Groups["name"].Value]));
        var known = names.SelectMany(name => Series[name.Value]).ToHashSet();
        Assert.All(
            Groupings().Matches(expression).SelectMany(group => group.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries)),
            label => Assert.Contains(label, known));
    }

    private static int Count(string text, char character) => text.Count(c => c == character);

    private static string Table()
    {
        var table = new StringBuilder("| metric | kind | labels | what it is |\n| --- | --- | --- | --- |\n");
        foreach (var metric in GatewayMetrics.All)
        {
            var labels = string.Join(", ", metric.Labels.Select(label => $"`{label}`"));
            table.Append(CultureInfo.InvariantCulture, $"| `{metric.Name}` | {metric.Kind.ToString().ToLowerInvariant()} | {labels} | {metric.Help} |\n");
        }
        return table.ToString();
    }

    private static YamlMappingNode Map(YamlNode node) => Assert.IsType<YamlMappingNode>(node);

    private static IEnumerable<YamlMappingNode> Each(YamlMappingNode map, string key) => Assert.IsType<YamlSequenceNode>(map[key]).Select(Map);

    private static string Text(YamlMappingNode map, string key) => Assert.IsType<YamlScalarNode>(map[key]).Value!;

    [GeneratedRegex(@"\bmeduza_[a-z0-9_]+|\bup\b(?=\{)")]
    private static partial Regex Names();

    [GeneratedRegex(@"(?<name>\bmeduza_[a-z0-9_]+|\bup\b)\{(?<labels>[^}]*)\}")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"([a-z_]+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex SelectorLabels();

    [GeneratedRegex(@"\b(?:by|on|without|ignoring) \((?<labels>[^)]*)\)")]
    private static partial Regex Groupings();

    [GeneratedRegex(@"\$labels\.([a-z_]+)")]
    private static partial Regex TextLabels();
}
