namespace Meduza.Gateway.Yaml;

/// <summary>
/// Keys as programs in Go find them that decode maps into structures themselves: in any case, by Unicode's folding (MosDNS,
/// which uses mapstructure), and with <c>_</c> for <c>-</c> (mihomo's common/structure). What go-yaml decodes by itself, such
/// as the keys of mihomo's whole document, it compares exactly.
/// </summary>
internal static class LooseKeys
{
    /// <param name="key">As a document has it.</param>
    /// <param name="name">In lower case, with <c>-</c>.</param>
    public static bool Is(string key, string name)
    {
        if (key.Length != name.Length)
            return false;
        for (var i = 0; i < key.Length; i++)
        {
            if (Folded(key[i]) != name[i])
                return false;
        }
        return true;
    }

    public static IEnumerable<YamlNode> Values(YamlMap map, string name) =>
        map.Entries.Where(entry => Is(entry.Key.Text, name)).Select(entry => entry.Value);

    /// <summary>The map without the key, however it is spelt, and however often.</summary>
    public static YamlMap Without(YamlMap map, string name) => new(map.Entries.RemoveAll(entry => Is(entry.Key.Text, name)));

    private static char Folded(char c) => c switch
    {
        '_' => '-',
        >= 'A' and <= 'Z' => (char)(c | 0x20),
        // The two letters outside of ASCII that fold into it: the long s and the Kelvin sign.
        '\u017f' => 's',
        '\u212a' => 'k',
        _ => c,
    };
}
