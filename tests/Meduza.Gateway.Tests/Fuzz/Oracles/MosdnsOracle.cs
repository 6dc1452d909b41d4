using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;
using YamlDotNet.RepresentationModel;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>MosDNS's configuration is what is shipped, with the plugins of the key for those; and the lists are lines of the keys.</summary>
internal static class MosdnsOracle
{
    public static IEnumerable<string> Judge(Rendered rendered)
    {
        if (rendered.Config.Mosdns is not { } mosdns)
            return [];
        var path = $"{MosdnsConfig.Folder}/config.yaml";
        var file = YamlOracle.Read(rendered.Text(path));
        Assert.Equal(["log", "plugins"], YamlOracle.Keys(file));
        Assert.Equal("warn", file["log"]["level"].ToString());
        var plugins = Assert.IsType<YamlSequenceNode>(file["plugins"]);
        foreach (var plugin in plugins)
        {
            var map = Assert.IsType<YamlMappingNode>(plugin);
            Assert.Empty(YamlOracle.Keys(map).Except(["tag", "type", "args"]));
            Assert.DoesNotContain(map["type"].ToString(), (string[])["ipset", "nftset"]);
        }
        if (mosdns.Plugins is { } own)
            YamlOracle.AssertSame(own, plugins, "plugins");
        else
            YamlOracle.AssertSame(((YamlMap)MosdnsKinds.ReadDocument(System.Text.Encoding.UTF8.GetString(rendered.Machine.MosdnsBase.Span)))["plugins"]!, plugins, "plugins");
        foreach (var (name, text) in mosdns.Lists)
            Assert.Equal(Lines.Items(text), rendered.Lines($"{MosdnsConfig.Folder}/{MosdnsConfig.ListFile(name)}"));
        // Nothing was fetched here.
        var rules = mosdns.RuleFiles.Select(rule => $"{MosdnsConfig.Folder}/{rule.Path}").ToList();
        Assert.All(rules, rule => Assert.Empty(rendered.Lines(rule)));
        return [path, .. rules, .. mosdns.Lists.Select(list => $"{MosdnsConfig.Folder}/{MosdnsConfig.ListFile(list.Name)}")];
    }
}
