using System.Collections.Immutable;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    public static Key<bool> MosdnsEnable { get; } = new("/nodes/<ID>/mosdns/enable", Kinds.Flag, "Runs MosDNS.") { Default = "false" };

    public static Key<uint> MosdnsRefreshMinutes { get; } = new(
        "/nodes/<ID>/mosdns/refresh", Kinds.Number(1, 525_600), "Minutes between two looks for newer rule files.") { Default = "1440" };

    public static Key<ImmutableArray<RuleFile>> MosdnsRuleFiles { get; } = new(
        "/global/mosdns/rule_files", MosdnsKinds.RuleFiles, "Files that are downloaded into MosDNS's folder: path in it, and URL.");

    public static Key<YamlSequence> MosdnsPlugins { get; } = new(
        "/global/mosdns/plugins", MosdnsKinds.Plugins,
        "MosDNS's plugins (version 5), each a map with tag, type and args; {{SOCKS_PORT}} becomes the port of mihomo's SOCKS proxy, 7891.")
    { Default = "those of mosdns.yaml that ships with the gateway" };

    public static Key<string> MosdnsLocal { get; } = NameList("local", "Names that the resolvers here are asked for: etcd_local.txt.");

    public static Key<string> MosdnsBlock { get; } = NameList("block", "Names that do not exist: etcd_block.txt.");

    public static Key<string> MosdnsDdns { get; } = NameList("ddns", "Names that are asked for each time, since their addresses change: etcd_ddns.txt.");

    public static Key<string> MosdnsGlobal { get; } = NameList("global", "Names that are asked for through the proxy: etcd_global.txt.");

    private static ImmutableArray<KeySpec> MosdnsKeys =>
    [
        MosdnsEnable, MosdnsRefreshMinutes, MosdnsRuleFiles, MosdnsPlugins, MosdnsLocal, MosdnsBlock, MosdnsDdns, MosdnsGlobal,
    ];

    private static Key<string> NameList(string name, string about) => new("/global/mosdns/" + name, Kinds.FreeText, about) { Default = "empty" };
}
