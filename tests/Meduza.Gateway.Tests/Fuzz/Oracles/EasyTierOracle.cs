using Tomlyn;
using Tomlyn.Model;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>EasyTier's file, by a library for TOML, which is strict: a key that is there twice is an error.</summary>
internal static class EasyTierOracle
{
    private const string ConfigPath = "/etc/easytier/config.toml";

    public static IEnumerable<string> Judge(Rendered rendered)
    {
        if (rendered.Config.EasyTier is not { } easyTier)
            return [];
        List<string> expected =
        [
            "instance_name = meduza", $"hostname = {rendered.Config.Node}", $"dhcp = {easyTier.Dhcp}", "rpc_portal = 127.0.0.1:15888",
            .. easyTier.Ipv4 is { } ipv4 ? [$"ipv4 = {ipv4}"] : (string[])[],
            $"listeners = [{string.Join('|', easyTier.Listeners)}]", $"mapped_listeners = [{string.Join('|', easyTier.MappedListeners)}]", "routes = []",
            $"network_identity.network_name = {easyTier.NetworkName}", $"network_identity.network_secret = {easyTier.NetworkSecret.Reveal()}",
            .. easyTier.Peers.Select(peer => $"peer.uri = {peer}"),
            $"flags.dev_name = {easyTier.Device}", "flags.multi_thread = True", $"flags.private_mode = {easyTier.PrivateMode}",
        ];
        OracleList.AssertSame(ConfigPath, expected, Fields(TomlSerializer.Deserialize<TomlTable>(rendered.Text(ConfigPath))!, ""));
        return [ConfigPath];
    }

    private static IEnumerable<string> Fields(TomlTable table, string prefix) => table.SelectMany(pair => pair.Value switch
    {
        TomlTable inner => Fields(inner, $"{prefix}{pair.Key}."),
        TomlTableArray list => list.SelectMany(inner => Fields(inner, $"{prefix}{pair.Key}.")),
        TomlArray list => [$"{prefix}{pair.Key} = [{string.Join('|', list)}]"],
        var value => [$"{prefix}{pair.Key} = {value}"],
    });
}
