using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>How mihomo is asked how it is.</summary>
/// <param name="Address">Address and port.</param>
/// <param name="Secret">Null where it asks for none.</param>
/// <param name="MayBeStuck">True where a group that tests its members may end on one that rejects everything.</param>
public sealed record MihomoApi(string Address, Secret? Secret, bool MayBeStuck)
{
    /// <summary>What rejects everything, by the names that mihomo gives to them.</summary>
    private static readonly string[] Rejecting = ["REJECT", "REJECT-DROP"];

    /// <summary>True of a proxy that rejects everything.</summary>
    public static bool Rejects(string? proxy) => Rejecting.Contains(proxy);

    /// <summary>Reads it of a merged configuration.</summary>
    internal static MihomoApi Of(YamlMap config) => new(
        MihomoConfig.ControllerOf(config),
        config["secret"] is YamlScalar { Type: not YamlType.Null, Text: { Length: > 0 } text } ? new Secret(text) : null,
        config["proxy-groups"] is YamlSequence groups && groups.Items.OfType<YamlMap>().Any(MayReject));

    private static bool MayReject(YamlMap group) =>
        LooseKeys.Values(group, "type").Any(type => type is YamlScalar { Text: "url-test" })
        && LooseKeys.Values(group, "proxies").Concat(LooseKeys.Values(group, "empty-fallback")).SelectMany(Texts).Any(Rejects);

    private static IEnumerable<string> Texts(YamlNode node) => node switch
    {
        YamlScalar scalar => [scalar.Text],
        YamlSequence list => list.Items.OfType<YamlScalar>().Select(item => item.Text),
        _ => [],
    };
}
