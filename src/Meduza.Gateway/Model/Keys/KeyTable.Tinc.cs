using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    public static Key<string> TincNetname { get; } = new(
        "/global/tinc/netname", TincKinds.Netname, "Name of the tinc network: the folder below /etc/tinc.") { Default = "mesh" };

    public static Key<string> TincCipher { get; } = new(
        "/global/tinc/cipher", TincKinds.Algorithm, "Cipher of tinc's own packets (tinc 1.0, or 1.1 with RSA keys).");

    public static Key<string> TincDigest { get; } = new(
        "/global/tinc/digest", TincKinds.Algorithm, "Digest of tinc's own packets (tinc 1.0, or 1.1 with RSA keys).");

    public static Key<bool> TincEnable { get; } = new("/nodes/<ID>/tinc/enable", Kinds.Flag, "Makes the node a member of the tinc network.")
    { Default = "false", IsForOthers = true };

    public static Key<TincName> TincNodeName { get; } = new("/nodes/<ID>/tinc/name", Kinds.TincName, "The node's name within tinc.")
    { Default = "the node's id, letters and digits only", IsForOthers = true };

    public static Key<DeviceName> TincDevice { get; } = new("/nodes/<ID>/tinc/dev_name", Kinds.Device, "Name of the overlay's device.")
    { Default = "tnc0" };

    public static Key<Port> TincPort { get; } = new("/nodes/<ID>/tinc/port", Kinds.Port, "Port that tincd listens on, TCP and UDP.")
    { Default = "655", IsForOthers = true };

    public static Key<ImmutableArray<string>> TincAddress { get; } = new(
        "/nodes/<ID>/tinc/address", Kinds.ListOf(Kinds.HostOrAddress), "Where the other nodes reach this one; without it they wait to be connected to.")
    { IsForOthers = true };

    public static Key<HostAddress> TincIpv4 { get; } = new(
        "/nodes/<ID>/tinc/ipv4", Kinds.Ipv4Host, "The node's address in the overlay.")
    { IsForOthers = true };

    public static Key<ImmutableArray<string>> TincSubnet { get; } = new(
        "/nodes/<ID>/tinc/subnet", Kinds.ListOf(TincKinds.Subnet), "The node's Subnet lines.") { Default = "the network of tinc/ipv4", IsForOthers = true };

    public static Key<string> TincPublicKey { get; } = new(
        "/nodes/<ID>/tinc/public_key", TincKinds.RsaPublicKey, "RSA public key, PEM (tinc 1.0).")
    { IsForOthers = true };

    public static Key<string> TincEd25519PublicKey { get; } = new(
        "/nodes/<ID>/tinc/ed25519_public_key", TincKinds.Ed25519PublicKey, "Ed25519 public key (tinc 1.1).")
    { IsForOthers = true };

    public static Key<Secret> TincPrivateKey { get; } = new(
        "/nodes/<ID>/tinc/private_key", TincKinds.RsaPrivateKey, "RSA private key, PEM (tinc 1.0).") { IsSecret = true };

    public static Key<Secret> TincEd25519PrivateKey { get; } = new(
        "/nodes/<ID>/tinc/ed25519_private_key", TincKinds.Ed25519PrivateKey, "Ed25519 private key, PEM (tinc 1.1).") { IsSecret = true };

    public static Key<string> TincAddressFamily { get; } = new(
        "/nodes/<ID>/tinc/address_family", Kinds.OneOf(("ipv4", "ipv4"), ("ipv6", "ipv6"), ("any", "any")),
        "Family of the addresses that tincd listens on and connects to.") { Default = "ipv4" };

    public static Key<string> TincMode { get; } = new(
        "/nodes/<ID>/tinc/mode", TincKinds.Mode,
        "How packets find their node, the same on all of them. OSPF needs switch or hub.") { Default = "switch" };

    public static Key<string> TincHostMode { get; } = new(
        "/nodes/<ID>/tinc/host_mode", TincKinds.Mode, "As tinc/mode, by its older name; tinc/mode wins.");

    public static Key<string> TincHostCipher { get; } = new(
        "/nodes/<ID>/tinc/host_cipher", TincKinds.Algorithm, "Cipher of packets to this node.") { Default = "/global/tinc/cipher", IsForOthers = true };

    public static Key<string> TincHostDigest { get; } = new(
        "/nodes/<ID>/tinc/host_digest", TincKinds.Algorithm, "Digest of packets to this node.") { Default = "/global/tinc/digest", IsForOthers = true };

    private static ImmutableArray<KeySpec> TincKeys =>
    [
        TincNetname, TincCipher, TincDigest, TincEnable, TincNodeName, TincDevice, TincPort, TincAddress, TincIpv4, TincSubnet,
        TincPublicKey, TincEd25519PublicKey, TincPrivateKey, TincEd25519PrivateKey, TincAddressFamily, TincMode, TincHostMode,
        TincHostCipher, TincHostDigest,
    ];
}
