using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Model.Mosdns;

/// <summary>
/// What of a list of plugins can be told without knowing every plugin: their shape, that they keep to MosDNS's folder, and
/// that somebody listens where dnsmasq asks.
/// </summary>
internal static class PluginCheck
{
    /// <summary>Arguments that are paths: files that are read, and those that are written (a cache's dump).</summary>
    private static readonly string[] PathArguments = ["file", "files", "dump-file", "cert", "key"];

    /// <summary>Plugins that change what the kernel does with packets, which is this gateway's business.</summary>
    private static readonly string[] PacketPlugins = ["ipset", "nftset"];

    /// <summary>Why the list cannot be used; null when it can.</summary>
    public static string? Problem(YamlSequence plugins)
    {
        var tags = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < plugins.Items.Length; i++)
        {
            if (plugins.Items[i] is not YamlMap plugin)
                return $"item {i + 1} is not a map";
            foreach (var entry in plugin.Entries)
            {
                if (entry.Key.Text is not ("tag" or "type" or "args"))
                    return $"item {i + 1} has {Quoted.Of(entry.Key.Text)}, and only tag, type and args are known";
            }
            if (plugin["type"] is not YamlScalar { Type: YamlType.Str, Text.Length: > 0 } type)
                return $"item {i + 1} has no type";
            if (PacketPlugins.Contains(type.Text))
                return $"item {i + 1}: {type.Text} changes packet rules, and those are this gateway's";
            if (plugin["tag"] is YamlScalar tag && !tags.Add(tag.Text))
                return $"item {i + 1}: the tag {Quoted.Of(tag.Text)} is there twice";
            if (plugin["args"] is { } args && PathProblem(args) is { } problem)
                return $"item {i + 1}: {problem}";
        }
        return null;
    }

    /// <summary>What is odd about a list that can be used.</summary>
    public static string? Oddity(YamlSequence plugins) => Listens(plugins, "udp_server")
        ? null
        : $"no udp_server listens on port {Port}: dnsmasq asks there, and will go on to the next resolver";

    /// <summary>The port on which dnsmasq asks MosDNS.</summary>
    public const ushort Port = 1153;

    /// <summary>True when a server of that type listens on the port.</summary>
    public static bool Listens(YamlSequence plugins, string type) => plugins.Items.OfType<YamlMap>().Any(plugin =>
        plugin["type"] is YamlScalar { Text: var text } && text == type
        && plugin["args"] is YamlMap args && args["listen"] is YamlScalar { Text: var address } && address.EndsWith($":{Port}", StringComparison.Ordinal));

    // A document is at most as deep as its limit.
    private static string? PathProblem(YamlNode node)
    {
        switch (node)
        {
            case YamlSequence list:
                return list.Items.Select(PathProblem).FirstOrDefault(problem => problem is not null);
            case YamlMap map:
                foreach (var (key, value) in map.Entries)
                {
                    var paths = value is YamlSequence many ? many.Items : [value];
                    if (PathArguments.Any(argument => LooseKeys.Is(key.Text, argument)) && paths.OfType<YamlScalar>().FirstOrDefault(path => !IsInside(path)) is { } outside)
                        return $"{key.Text}: {Quoted.Of(outside.Text)} lies outside of {MosdnsConfig.Folder}";
                    if (PathProblem(value) is { } problem)
                        return problem;
                }
                return null;
            default:
                return null;
        }
    }

    private static bool IsInside(YamlScalar path)
    {
        var text = PathInFolder(path.Text);
        return path.Type == YamlType.Null || text.Length == 0 || RelativePath.TryParse(text, out _);
    }

    /// <summary>A path of a plugin's, from MosDNS's folder on.</summary>
    public static string PathInFolder(string path)
    {
        foreach (var prefix in (string[])[MosdnsConfig.Folder + "/", "./"])
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
                path = path[prefix.Length..];
        }
        return path;
    }
}
