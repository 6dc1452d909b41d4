using Meduza.Gateway.Model.OpenVpn;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>Each instance's file holds the directives of its keys, those without which it would not run here, and no other.</summary>
internal static class OpenVpnOracle
{
    private const string Folder = "/etc/openvpn/generated";

    public static IEnumerable<string> Judge(Rendered rendered)
    {
        List<string> read = [];
        foreach (var instance in rendered.Config.OpenVpn)
        {
            var path = $"{Folder}/{instance.Name}.conf";
            var secrets = Secrets(instance).ToList();
            OracleList.AssertSame(path, Expected(instance, secrets, rendered.Machine.OpenVpnVersion), OpenVpnGrammar.Read(rendered.Lines(path)).Select(Joined));
            foreach (var (name, content) in secrets)
                Assert.Equal(content.Reveal(), rendered.Text($"{Folder}/{instance.Name}.{name}"));
            read.AddRange([path, .. secrets.Select(secret => $"{Folder}/{instance.Name}.{secret.Directive}")]);
        }
        return read;
    }

    private static IEnumerable<string> Expected(OpenVpnInstance instance, List<(string Directive, Secret Content)> secrets, Version version)
    {
        var own = instance.Directives.Select(directive => Joined([directive.Name, .. directive.Arguments])).ToList();
        var set = instance.Directives.Select(directive => directive.Name).ToHashSet();
        List<string> lines =
        [
            Joined("dev", $"{instance.Device}"), Joined("proto", $"{instance.Protocol}"), "script-security|0", "suppress-timestamps",
            Joined("management", $"/run/openvpn/{instance.Name}.sock", "unix"), .. secrets.Select(secret => Joined(secret.Directive, $"{Folder}/{instance.Name}.{secret.Directive}")),
        ];
        if (instance.Ifconfig is { } ifconfig)
            lines.Add(Joined("ifconfig", $"{ifconfig.Local}", $"{ifconfig.RemoteOrNetmask}"));
        if (instance.Keepalive is { } keepalive)
            lines.Add(Joined("keepalive", $"{keepalive.Interval}", $"{keepalive.Timeout}"));
        lines.AddRange(instance.Remotes.Select(remote => Joined(["remote", remote.Host, $"{remote.Port ?? instance.Port}", .. remote.Protocol is { } own ? (string[])[$"{own}"] : []])));
        // What is there unless a key says it.
        List<string> defaults = ["persist-tun", "persist-key", "verb|3", $"dev-type|{(instance.IsTap ? "tap" : "tun")}"];
        if (!instance.Protocol.IsTcpClient && !set.Contains("nobind"))
            defaults.Add($"lport|{instance.Port}");
        else if (instance.Protocol.IsTcpClient && !set.Overlaps(["bind", "lport", "local"]))
            defaults.Add("nobind");
        if (instance.Authentication is StaticKeyAuthentication)
            defaults.AddRange(["cipher|AES-256-CBC", .. version >= new Version(2, 7) ? (string[])["allow-deprecated-insecure-static-crypto"] : []]);
        if (instance.Authentication is TlsAuthentication tls)
        {
            if (tls.IsServer)
                defaults.Add("dh|none");
            if (!set.Overlaps(["tls-server", "tls-client", "client", "server"]))
                defaults.Add(tls.IsServer ? "tls-server" : "tls-client");
        }
        return [.. own, .. lines, .. defaults.Where(line => !set.Contains(line.Split('|')[0]))];
    }

    private static IEnumerable<(string Directive, Secret Content)> Secrets(OpenVpnInstance instance)
    {
        (string, Secret?)[] all = instance.Authentication switch
        {
            StaticKeyAuthentication { Key: var key } => [("secret", key)],
            TlsAuthentication tls => [("ca", tls.Ca), ("cert", tls.Certificate), ("key", tls.PrivateKey), ("tls-auth", tls.TlsAuth), ("tls-crypt", tls.TlsCrypt)],
            _ => [],
        };
        return all.Where(secret => secret.Item2 is not null)!;
    }

    private static string Joined(params string[] words) => string.Join('|', words);
}
