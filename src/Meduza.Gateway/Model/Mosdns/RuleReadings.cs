using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Model.Mosdns;

/// <summary>As what the files in MosDNS's folder are read by a list of plugins.</summary>
internal static class RuleReadings
{
    /// <summary>By the plugins that ship: each of the four lists is one of names.</summary>
    public static ImmutableDictionary<string, RuleReading> Shipped { get; } =
        new[] { "local", "block", "ddns", "global" }.ToImmutableDictionary(MosdnsConfig.ListFile, _ => RuleReading.Names, StringComparer.Ordinal);

    /// <summary>By path in the folder. What no plugin reads as a list of rules is not in it.</summary>
    public static ImmutableDictionary<string, RuleReading> Of(YamlSequence plugins)
    {
        var all = ImmutableDictionary.CreateBuilder<string, RuleReading>(StringComparer.Ordinal);
        foreach (var plugin in plugins.Items.OfType<YamlMap>())
        {
            var type = (plugin["type"] as YamlScalar)?.Text;
            if (plugin["args"] is YamlMap args && type is ("domain_set" or "ip_set"))
                Add(Texts(args["files"]), type is "ip_set" ? RuleReading.Addresses : RuleReading.Names);
            if (plugin["args"] is not YamlSequence steps || type != "sequence")
                continue;
            foreach (var match in steps.Items.OfType<YamlMap>().SelectMany(step => Texts(step["matches"])))
                AddMatch(Lines.Words(match));
        }
        return all.ToImmutable();

        void AddMatch(string[] words)
        {
            var reading = words is [var matcher, ..] ? matcher.TrimStart('!') switch
            {
                "qname" or "cname" => RuleReading.Names,
                "client_ip" or "resp_ip" or "ptr_ip" => RuleReading.Addresses,
                _ => RuleReading.None,
            } : RuleReading.None;
            Add(words.Skip(1).Where(word => word.StartsWith('&')).Select(word => word[1..]), reading);
        }

        void Add(IEnumerable<string> paths, RuleReading reading)
        {
            foreach (var path in paths.Select(PluginCheck.PathInFolder).Where(_ => reading != RuleReading.None))
                all[path] = all.GetValueOrDefault(path) | reading;
        }
    }

    /// <summary>A text, or each of a list of them.</summary>
    private static IEnumerable<string> Texts(YamlNode? node) => node switch
    {
        YamlScalar one => [one.Text],
        YamlSequence many => many.Items.OfType<YamlScalar>().Select(item => item.Text),
        _ => [],
    };
}
