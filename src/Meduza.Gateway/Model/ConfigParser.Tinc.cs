using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    private const string DefaultNetname = "mesh";
    private const string LeftOutOfTinc = "the node is left out of the tinc network";

    private static TincConfig? ReadTinc(KeyReader own, KeyReader global, GatewayConfig config, FleetNodes fleet)
    {
        if (config.Mesh != MeshType.Tinc || !own.Get(KeyTable.TincEnable, false))
            return null;
        var rsa = own.OrNothing(KeyTable.TincPrivateKey);
        var ed25519 = own.OrNothing(KeyTable.TincEd25519PrivateKey);
        if (rsa is null && ed25519 is null)
            own.Require(KeyTable.TincPrivateKey, "tinc needs the node's private key, this one or ed25519_private_key", out _);
        var self = ReadTincHost(own, global.OrNothing, config.Node, isSelf: true);
        if (self is null)
            return null;
        if (rsa is not null && ed25519 is null && self.RsaPublicKey is null)
            own.Require(KeyTable.TincPublicKey, "it belongs to private_key", out _);
        if (ed25519 is not null && rsa is null && self.Ed25519PublicKey is null)
            own.Require(KeyTable.TincEd25519PublicKey, "it belongs to ed25519_private_key", out _);
        return new TincConfig
        {
            Netname = global.Get(KeyTable.TincNetname, DefaultNetname),
            Device = own.Get(KeyTable.TincDevice, DeviceName.Of("tnc0")),
            Ipv4 = own.OrNothing(KeyTable.TincIpv4),
            Mode = own.OrNothing(KeyTable.TincMode) ?? own.Get(KeyTable.TincHostMode, "switch"),
            AddressFamily = own.Get(KeyTable.TincAddressFamily, "ipv4"),
            Self = self,
            RsaPrivateKey = rsa,
            Ed25519PrivateKey = ed25519,
            Peers = ReadTincPeers(own.Findings, global, self, fleet),
        };
    }

    /// <summary>Reads what a host file says; null for another node that is not enabled, or a node that has no usable name.</summary>
    /// <param name="ofAll">Reads a key of the whole network.</param>
    private static TincHost? ReadTincHost(KeyReader node, Func<Key<string>, string?> ofAll, InstanceName id, bool isSelf)
    {
        if (!isSelf && !node.Get(KeyTable.TincEnable, false))
            return null;
        var rsa = node.OrNothing(KeyTable.TincPublicKey);
        var ed25519 = node.OrNothing(KeyTable.TincEd25519PublicKey);
        if (rsa is null && ed25519 is null)
            node.Require(KeyTable.TincPublicKey, "tinc needs a public key, this one or ed25519_public_key", out _);
        if (!node.TryGet(KeyTable.TincNodeName, out var name)
            && !TincName.TryParse(string.Concat(id.ToString().Where(char.IsAsciiLetterOrDigit)), out name))
        {
            return null;
        }
        var subnets = node.List(KeyTable.TincSubnet);
        if (subnets.IsEmpty && node.OrNothing(KeyTable.TincIpv4) is { } ipv4)
            subnets = [ipv4.Network.ToString()];
        return new TincHost
        {
            Name = name,
            Addresses = node.List(KeyTable.TincAddress),
            Port = node.Get(KeyTable.TincPort, Port.Of(655)),
            Subnets = subnets,
            Cipher = node.OrNothing(KeyTable.TincHostCipher) ?? ofAll(KeyTable.TincCipher),
            Digest = node.OrNothing(KeyTable.TincHostDigest) ?? ofAll(KeyTable.TincDigest),
            RsaPublicKey = rsa,
            Ed25519PublicKey = ed25519,
        };
    }

    private static ImmutableArray<TincHost> ReadTincPeers(Findings findings, KeyReader global, TincHost self, FleetNodes fleet)
    {
        // By this node's own host file they are read and reported; their findings must not be said once a peer.
        var aside = global.Aside();
        var (cipher, digest) = (aside.OrNothing(KeyTable.TincCipher), aside.OrNothing(KeyTable.TincDigest));
        return fleet.Memory.Derive(NodePart.TincHost, fleet.Nodes, (cipher, digest), Read, self.Name, findings, (readings, found) =>
        {
            var owners = new Dictionary<TincName, string> { [self.Name] = "this node" };
            List<TincHost> peers = [];
            foreach (var (other, host) in Usable<TincHost>(readings, LeftOutOfTinc, found))
            {
                if (owners.TryAdd(host.Name, other.Id))
                    peers.Add(host);
                else
                    found.Warn(other.Prefix + "tinc/name", $"{host.Name} is the tinc name of {owners[host.Name]} already ({LeftOutOfTinc})");
            }
            return peers.OrderBy(peer => peer.Name.ToString(), StringComparer.Ordinal).ToImmutableArray();
        });

        object? Read(KnownNode node, KeyReader keys) => ReadTincHost(keys, OfAll, node.Name!.Value, isSelf: false);

        string? OfAll(Key<string> key) => ReferenceEquals(key, KeyTable.TincCipher) ? cipher : digest;
    }
}
