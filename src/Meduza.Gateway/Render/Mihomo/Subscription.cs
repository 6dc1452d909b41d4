using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>The text of a subscription as a document; or why it is none that mihomo could be given.</summary>
public static class Subscription
{
    /// <summary>Reads a subscription's text.</summary>
    /// <param name="problem">What is wrong, in one line without anything of the text; null where it could be read.</param>
    /// <returns>The document; null where it is refused.</returns>
    public static YamlMap? Read(ReadOnlyMemory<byte> text, out string? problem)
    {
        YamlNode document;
        try
        {
            document = YamlReader.Read(text);
        }
        catch (YamlReadException e)
        {
            problem = $"it is not YAML that can be used: {e.Message}";
            return null;
        }
        problem = Problem(document);
        return problem is null ? (YamlMap)document : null;
    }

    /// <summary>Why a subscription's text would not be used; null where it would be.</summary>
    public static string? Problem(ReadOnlyMemory<byte> text)
    {
        if (Read(text, out var problem) is not { } document)
            return problem;
        SubscriptionGuard.Clean(document, static _ => { }, out var refusal);
        return refusal;
    }

    private static string? Problem(YamlNode document)
    {
        if (document is not YamlMap map)
            return "it is not a mihomo configuration, which is a map";
        if (map["proxies"] is null && map["proxy-providers"] is null)
            return "it is not a mihomo configuration: it has neither proxies nor proxy-providers";
        foreach (var key in (string[])["proxies", "proxy-groups"])
        {
            if (!IsNothing(map[key]) && !(map[key] is YamlSequence list && list.Items.All(item => item is YamlMap)))
                return $"it is not a mihomo configuration: {key} is not a list of maps";
        }
        foreach (var key in (string[])["proxy-providers", "rule-providers"])
        {
            if (!IsNothing(map[key]) && !(map[key] is YamlMap named && named.Entries.All(entry => entry.Value is YamlMap)))
                return $"it is not a mihomo configuration: {key} is not a map of maps";
        }
        return IsNothing(map["rules"]) || map["rules"] is YamlSequence rules && rules.Items.All(rule => rule is YamlScalar)
            ? null
            : "it is not a mihomo configuration: rules is not a list of lines";
    }

    private static bool IsNothing(YamlNode? node) => node is null or YamlScalar { Type: YamlType.Null };
}
