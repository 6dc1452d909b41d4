using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Model.Mosdns;

/// <summary>The kinds of values that MosDNS's keys have.</summary>
internal static class MosdnsKinds
{
    private const string SocksPort = "{{SOCKS_PORT}}";

    public static ValueKind<ImmutableArray<RuleFile>> RuleFiles { get; } = new(
        "JSON object of path: URL", "a JSON object whose names are paths in MosDNS's folder and whose values are http or https URLs",
        ValueLayout.Lines, ReadRuleFiles);

    public static ValueKind<YamlSequence> Plugins { get; } = new(
        "YAML list of maps", "a YAML list of maps with tag, type and args, as in the plugins of a MosDNS 5 configuration", ValueLayout.Document, ReadPlugins);

    /// <summary>Reads a document in which the port of the SOCKS proxy is named.</summary>
    public static YamlNode ReadDocument(string text) => YamlReader.Read(Encoding.UTF8.GetBytes(
        text.Replace(SocksPort, ClashConfig.SocksPort.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));

    private static Reading<ImmutableArray<RuleFile>> ReadRuleFiles(string text)
    {
        SortedDictionary<RelativePath, RuleFile> files = [];
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Reading.Bad<ImmutableArray<RuleFile>>("it is JSON, and not an object");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!RelativePath.TryParse(property.Name, out var path))
                    return Reading.Bad<ImmutableArray<RuleFile>>($"{Quoted.Of(property.Name)} is not {RelativePath.Expected}");
                if (path.ToString() == "config.yaml" || path.ToString().StartsWith("etcd_", StringComparison.Ordinal))
                    return Reading.Bad<ImmutableArray<RuleFile>>($"{path} is a file that is written from other keys: choose another name");
                if (property.Value.ValueKind != JsonValueKind.String || property.Value.GetString() is not { } url || !WebAddress.Is(url))
                    return Reading.Bad<ImmutableArray<RuleFile>>($"what belongs to {path} is not an http or https URL");
                if (!files.TryAdd(path, new RuleFile(path, url)))
                    return Reading.Bad<ImmutableArray<RuleFile>>($"{path} is there twice");
            }
        }
        catch (JsonException e)
        {
            return Reading.Bad<ImmutableArray<RuleFile>>($"it is not JSON, from line {e.LineNumber + 1} on");
        }
        catch (InvalidOperationException)
        {
            // What GetString throws at half a surrogate pair in an escape.
            return Reading.Bad<ImmutableArray<RuleFile>>("an escape in it makes no character");
        }
        foreach (var (path, _) in files)
        {
            for (var slash = path.ToString().IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.ToString().IndexOf('/', slash + 1))
            {
                if (RelativePath.TryParse(path.ToString()[..slash], out var folder) && files.ContainsKey(folder))
                    return Reading.Bad<ImmutableArray<RuleFile>>($"{folder} cannot be both a file and the folder of {path}");
            }
        }
        return Reading.Of<ImmutableArray<RuleFile>>([.. files.Values]);
    }

    private static Reading<YamlSequence> ReadPlugins(string text)
    {
        try
        {
            return ReadDocument(text) is not YamlSequence list ? Reading.Bad<YamlSequence>("it is YAML, and not a list")
                : PluginCheck.Problem(list) is { } problem ? Reading.Bad<YamlSequence>(problem)
                : Reading.Of<YamlSequence>(list, PluginCheck.Oddity(list));
        }
        catch (YamlReadException e)
        {
            return Reading.Bad<YamlSequence>(e.Message);
        }
    }
}
