using System.Globalization;
using System.Text.RegularExpressions;

namespace Meduza.Init.Tests.Agent.Metrics;

/// <summary>
/// A strict reader of the text format of Prometheus, version 0.0.4: it refuses what a lenient one would guess at. Source:
/// "Exposition formats" in Prometheus' documentation; the naming rules are those of "Metric and label naming".
/// </summary>
internal static partial class Exposition
{
    /// <param name="Name">With the suffix that a histogram's samples have.</param>
    internal sealed record Sample(string Name, IReadOnlyList<(string Name, string Value)> Labels, double Value);

    internal sealed record Family(string Name, string Type, string Help, IReadOnlyList<Sample> Samples);

    /// <exception cref="FormatException">It is not in the format; with the line.</exception>
    public static IReadOnlyList<Family> Parse(string text)
    {
        if (!text.EndsWith('\n'))
            throw new FormatException("the last line has no end");
        var families = new List<Family>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var lines = text[..^1].Split('\n');
        for (var at = 0; at < lines.Length;)
        {
            var help = Match(HelpLine(), lines[at++]);
            if (at == lines.Length)
                throw new FormatException($"{help.Groups["name"].Value} has no type");
            var type = Match(TypeLine(), lines[at++]);
            var name = help.Groups["name"].Value;
            if (type.Groups["name"].Value != name || !seen.Add(name))
                throw new FormatException($"the lines of {name} do not stand together");
            var samples = new List<Sample>();
            for (; at < lines.Length && !lines[at].StartsWith('#'); at++)
                samples.Add(ParseSample(lines[at]));
            var family = new Family(name, type.Groups["type"].Value, Unescaped(help.Groups["help"].Value, inLabel: false), samples);
            Check(family);
            families.Add(family);
        }
        return families;
    }

    private static Sample ParseSample(string line)
    {
        var match = Match(SampleLine(), line);
        var labels = new List<(string, string)>();
        for (var i = 0; i < match.Groups["label"].Captures.Count; i++)
            labels.Add((match.Groups["label"].Captures[i].Value, Unescaped(match.Groups["text"].Captures[i].Value, inLabel: true)));
        return new(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private static void Check(Family family)
    {
        foreach (var sample in family.Samples)
        {
            var suffix = sample.Name.StartsWith(family.Name, StringComparison.Ordinal) ? sample.Name[family.Name.Length..] : "?";
            string[] allowed = family.Type == "histogram" ? ["_bucket", "_sum", "_count"] : [""];
            if (!allowed.Contains(suffix))
                throw new FormatException($"{sample.Name} is not of {family.Name}");
            if (sample.Labels.DistinctBy(label => label.Name).Count() != sample.Labels.Count)
                throw new FormatException($"{sample.Name} has a label twice");
        }
        if (family.Samples.DistinctBy(sample => sample.Name + string.Join('\0', sample.Labels.Order())).Count() != family.Samples.Count)
            throw new FormatException($"{family.Name} has a sample twice");
        if (family.Type == "counter" != family.Name.EndsWith("_total", StringComparison.Ordinal))
            throw new FormatException($"{family.Name} is a {family.Type}: a counter ends in _total, and nothing else does");
        if (family.Type == "counter" && family.Samples.Any(sample => sample.Value < 0))
            throw new FormatException($"{family.Name} is below 0");
        if (family.Type == "histogram")
            CheckHistogram(family);
    }

    private static void CheckHistogram(Family family)
    {
        var buckets = family.Samples.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal)).ToList();
        var bounds = buckets.Select(bucket => bucket.Labels is [("le", var bound)] ? bound : throw new FormatException("a bucket has no bound")).ToList();
        var numbers = bounds.Select(bound => bound == "+Inf" ? double.PositiveInfinity : double.Parse(bound, CultureInfo.InvariantCulture)).ToList();
        var count = family.Samples.Single(sample => sample.Name.EndsWith("_count", StringComparison.Ordinal)).Value;
        _ = family.Samples.Single(sample => sample.Name.EndsWith("_sum", StringComparison.Ordinal));
        if (bounds[^1] != "+Inf" || !numbers.SequenceEqual(numbers.Order()) || numbers.Distinct().Count() != numbers.Count)
            throw new FormatException($"the bounds of {family.Name} are {string.Join(' ', bounds)}");
        var values = buckets.Select(bucket => bucket.Value).ToList();
        if (!values.SequenceEqual(values.Order()) || values[^1] != count)
            throw new FormatException($"the buckets of {family.Name} do not add up");
    }

    private static string Unescaped(string text, bool inLabel)
    {
        var plain = new System.Text.StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }
            plain.Append((i + 1 < text.Length ? text[++i] : ' ') switch
            {
                '\\' => '\\',
                'n' => '\n',
                '"' when inLabel => '"',
                _ => throw new FormatException($"an escape that there is not in '{text}'"),
            });
        }
        return plain.ToString();
    }

    private static Match Match(Regex form, string line) => form.Match(line) is { Success: true } match ? match : throw new FormatException($"not in the format: '{line}'");

    [GeneratedRegex("^# HELP (?<name>[a-z][a-z0-9_]*) (?<help>[^ ].*)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE (?<name>[a-z][a-z0-9_]*) (?<type>gauge|counter|histogram)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-z][a-z0-9_]*)(\{((?<label>[a-z][a-z0-9_]*)="(?<text>([^"\\]|\\.)*)"(,(?=[a-z])|(?=\})))+\})? (?<value>-?[0-9]+(\.[0-9]+)?(E[+-][0-9]+)?)$""")]
    private static partial Regex SampleLine();
}
