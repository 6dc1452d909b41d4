using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Model.Mosdns;

/// <summary>A file that MosDNS reads and that is downloaded.</summary>
public sealed record RuleFile(RelativePath Path, string Url);

/// <summary>MosDNS as the keys describe it.</summary>
public sealed record MosdnsConfig
{
    /// <summary>Its folder, in which its configuration, the rule files and the lists lie.</summary>
    public const string Folder = "/etc/mosdns";

    /// <summary>How often newer rule files are looked for.</summary>
    public TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(1440);

    /// <summary>Sorted by path.</summary>
    public ImmutableArray<RuleFile> RuleFiles { get; init; } = [];

    /// <summary>Its plugins; null for those that ship.</summary>
    public YamlSequence? Plugins { get; init; }

    /// <summary>The texts of the lists by their names in the key table: local, block, ddns, global.</summary>
    public ImmutableArray<(string Name, string Text)> Lists { get; init; } = [];

    /// <summary>As what the plugins read the files in the folder, by path.</summary>
    public ImmutableDictionary<string, RuleReading> Readings => Plugins is null ? RuleReadings.Shipped : RuleReadings.Of(Plugins);

    /// <summary>The file of a list.</summary>
    public static string ListFile(string name) => $"etcd_{name}.txt";
}
