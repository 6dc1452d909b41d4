using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>Reads the keys of one enabled instance.</summary>
internal static partial class OpenVpnParser
{
    /// <summary>The instance, or null where something that it cannot do without is missing or wrong (which is then reported).</summary>
    public static OpenVpnInstance? Read(InstanceName name, KeyReader keys)
    {
        var directives = ReadDirectives(keys);
        var protocol = keys.Get(KeyTable.OpenVpnProto, new OpenVpnProtocol("udp"));
        var remotes = keys.List(KeyTable.OpenVpnRemotes);
        if (protocol.IsTcpClient && remotes.IsEmpty)
            keys.Require(KeyTable.OpenVpnRemotes, "a tcp-client has to connect somewhere", out _);
        CheckRemoteProtocols(keys, protocol, remotes);
        var hasDevice = ConfigParser.TryLinkDevice(keys, KeyTable.OpenVpnDevice, $"tun-{name}", out var device);
        var isTap = directives.FirstOrDefault(d => d.Name == "dev-type") is { } type
            ? type.Arguments[0] == "tap"
            : device.ToString().StartsWith("tap", StringComparison.Ordinal);
        var ifconfig = keys.OrNothing(KeyTable.OpenVpnIfconfig);
        var keepalive = keys.OrNothing(KeyTable.OpenVpnKeepalive);
        var authentication = ReadAuthentication(keys, protocol, remotes, directives);
        if (authentication is StaticKeyAuthentication && ifconfig is null && !directives.Any(d => d.Name == "ifconfig-ipv6"))
            keys.Require(KeyTable.OpenVpnIfconfig, "a static-key tunnel has no server that would hand out addresses", out _);
        CheckIfconfig(keys, ifconfig, isTap || directives.Any(d => d is { Name: "topology", Arguments: ["subnet"] }));
        CheckCombinations(keys, protocol, remotes, keepalive, directives);
        if (authentication is null || !hasDevice)
            return null;
        return new OpenVpnInstance
        {
            Name = name,
            Device = device,
            IsTap = isTap,
            Protocol = protocol,
            Port = keys.Get(KeyTable.OpenVpnPort, Port.Of(1194)),
            Remotes = remotes,
            Ifconfig = ifconfig,
            Keepalive = keepalive,
            Authentication = authentication,
            Directives = directives,
        };
    }

    /// <summary>Reports two instances that would listen on the same port.</summary>
    public static void ReportPortClashes(List<(OpenVpnInstance Config, KeyReader Keys)> instances)
    {
        var owners = new Dictionary<string, string>();
        foreach (var (instance, keys) in instances)
        {
            // With an own address, port or none at all, whether they clash is for the kernel to say.
            if (instance.Protocol.IsTcpClient || instance.Directives.Any(d => d.Name is "local" or "lport" or "nobind"))
                continue;
            var place = $"{instance.Protocol.IsTcp} {instance.Port}";
            if (!owners.TryAdd(place, $"{instance.Name}"))
            {
                keys.Findings.Error(keys.FullKey(KeyTable.OpenVpnPort),
                    $"port {instance.Port} is that of openvpn/{owners[place]} already; give another port, or nobind where it only connects");
            }
        }
    }

    private static ImmutableArray<OpenVpnDirective> ReadDirectives(KeyReader keys)
    {
        List<OpenVpnDirective> directives = [];
        foreach (var (key, value) in keys.Keys)
        {
            switch (KeyIndex.Default.Find(key))
            {
                case Key<ImmutableArray<OpenVpnDirective>> directive:
                    directives.AddRange(keys.List(directive));
                    break;
                case RefusedKey refused:
                    keys.Used.Add(key);
                    refused.Check(keys, key, value.Span);
                    break;
                default:
                    // A key of the fixed ones, or an unknown one: each is reported where it belongs.
                    break;
            }
        }
        // Stable: the lines of a directive that may be repeated stay in their order.
        return [.. directives.OrderBy(directive => directive.Name, StringComparer.Ordinal)];
    }

    private static void CheckRemoteProtocols(KeyReader keys, OpenVpnProtocol protocol, ImmutableArray<OpenVpnRemote> remotes)
    {
        if (protocol.IsTcpServer && !remotes.IsEmpty)
            keys.Findings.Warn(keys.FullKey(KeyTable.OpenVpnRemotes), "a tcp-server waits to be connected to: only connections from there are accepted");
        foreach (var remote in remotes)
        {
            if (remote.Protocol is { IsTcpServer: true })
                keys.Findings.Error(keys.FullKey(KeyTable.OpenVpnRemotes), $"{Quoted.Of(remote.Host)}: a remote cannot be a tcp-server; expected udp or tcp-client");
        }
    }

    /// <summary>The second address is a netmask on some devices; OpenVPN ends when it is the other one of the two.</summary>
    private static void CheckIfconfig(KeyReader keys, OpenVpnIfconfig? ifconfig, bool takesNetmask)
    {
        if (ifconfig is null)
            return;
        var bits = (uint)AddressText.ToBits(ifconfig.RemoteOrNetmask);
        var isNetmask = bits != 0 && (~bits & (~bits + 1)) == 0 && bits >= 0xff000000;
        if (isNetmask != takesNetmask)
        {
            keys.Findings.Error(keys.FullKey(KeyTable.OpenVpnIfconfig), takesNetmask
                ? "expected a netmask in the second place: the device is a tap, or the topology is subnet"
                : "expected the other side's address in the second place: a netmask is for taps, and for topology subnet");
        }
    }

    /// <summary>What OpenVPN itself refuses to start with.</summary>
    private static void CheckCombinations(
        KeyReader keys, OpenVpnProtocol protocol, ImmutableArray<OpenVpnRemote> remotes, OpenVpnKeepalive? keepalive,
        ImmutableArray<OpenVpnDirective> directives)
    {
        foreach (var name in directives.Select(directive => directive.Name).Distinct())
        {
            var wrong = name switch
            {
                "ping" or "ping-restart" or "ping-exit" when keepalive is not null => "cannot be set together with keepalive",
                "explicit-exit-notify" or "fragment" or "mtu-test" when protocol.IsTcp => "is for UDP only",
                "http-proxy" when !protocol.IsTcp => "is for TCP only",
                "nobind" when remotes.IsEmpty => "needs a remote: the instance could neither listen nor connect",
                "nobind" when protocol.IsTcpServer => "cannot be set for a tcp-server, which listens",
                "local" or "lport" or "bind" when directives.Any(d => d.Name == "nobind") => "cannot be set together with nobind",
                _ => null,
            };
            if (wrong is not null)
                keys.Findings.Error(keys.Prefix + name.Replace('-', '_'), wrong);
        }
    }
}
