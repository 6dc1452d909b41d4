using System.Collections.Immutable;
using System.Net;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>Ports from one to another, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    public PortRange(ushort port) : this(port, port) { }
}

/// <summary>
/// Makes a rule of the steps that iptables-nft (1.8.9) makes of the same words, in its order whatever the order of the
/// calls: devices, protocol, addresses, then matches as they come, a counter, and the decision.
/// </summary>
public sealed class RuleBuilder(NetfilterFamily family)
{
    private const uint SourcePortOffset = 0, DestinationPortOffset = 2;

    private readonly List<RuleExpression> _devices = [];
    private readonly List<RuleExpression> _addresses = [];
    private readonly List<RuleExpression> _matches = [];
    private TransportProtocol? _protocol;
    private string? _comment;

    /// <summary><c>-i</c></summary>
    public RuleBuilder InDevice(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _devices.Add(new LoadMeta(MetaKey.InDevice));
        // With the NUL that ends it, so that no longer name is meant.
        _devices.Add(new CompareRegister(Comparison.Equal, new Blob(NativeText.Terminated(name))));
        return this;
    }

    /// <summary><c>-p</c></summary>
    public RuleBuilder Protocol(TransportProtocol protocol)
    {
        _protocol = protocol;
        return this;
    }

    /// <summary><c>-s</c>; with <paramref name="not"/>, <c>! -s</c>.</summary>
    public RuleBuilder Source(IPNetwork network, bool not = false) =>
        Address(network, not, family == NetfilterFamily.Ipv4 ? 12u : 8u);

    /// <summary><c>-d</c>; with <paramref name="not"/>, <c>! -d</c>.</summary>
    public RuleBuilder Destination(IPNetwork network, bool not = false) =>
        Address(network, not, family == NetfilterFamily.Ipv4 ? 16u : 24u);

    /// <summary><c>--sport</c>; the protocol must be given too.</summary>
    public RuleBuilder SourcePort(PortRange ports) => Port(ports, SourcePortOffset);

    /// <summary><c>--dport</c>; the protocol must be given too.</summary>
    public RuleBuilder DestinationPort(PortRange ports) => Port(ports, DestinationPortOffset);

    /// <summary><c>-m</c>, one of <see cref="XtCompat"/>.</summary>
    public RuleBuilder Match(XtablesMatch match)
    {
        _matches.Add(match);
        return this;
    }

    /// <summary>A comment of at most 128 characters.</summary>
    public RuleBuilder Comment(string comment)
    {
        _comment = comment;
        return this;
    }

    /// <summary><c>-j RETURN</c></summary>
    public Rule Return() => End(new Decide(VerdictCode.Return));

    /// <summary><c>-j CHAIN</c></summary>
    public Rule Jump(string chain) => End(new Decide(VerdictCode.Jump, chain));

    /// <summary><c>-j</c>, one of <see cref="XtCompat"/>.</summary>
    public Rule Target(XtablesTarget target) => End(target);

    private Rule End(RuleExpression last)
    {
        ImmutableArray<RuleExpression> protocol = _protocol is { } known
            ? [new LoadMeta(MetaKey.TransportProtocol), new CompareRegister(Comparison.Equal, new Blob([(byte)known]))]
            : [];
        return new Rule([.. _devices, .. protocol, .. _addresses, .. _matches, new CountPackets(), last])
        {
            Protocol = _protocol,
            Comment = _comment,
        };
    }

    // A prefix of whole bytes is compared as those bytes; any other is masked first. A prefix of none is everything.
    private RuleBuilder Address(IPNetwork network, bool not, uint offset)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        var width = family == NetfilterFamily.Ipv4 ? 4 : 16;
        if (bytes.Length != width)
            throw new ArgumentException($"{network} is not of the family {family}", nameof(network));
        if (network.PrefixLength == 0 && !not)
            return this;
        var isWhole = network.PrefixLength % 8 == 0 && network.PrefixLength > 0;
        var length = isWhole ? network.PrefixLength / 8 : width;
        _addresses.Add(new LoadPayload(PayloadBase.Network, offset, (uint)length));
        if (!isWhole)
            _addresses.Add(new MaskRegister(new Blob(Mask(network.PrefixLength, width))));
        _addresses.Add(new CompareRegister(not ? Comparison.NotEqual : Comparison.Equal, new Blob(bytes.AsSpan(0, length))));
        return this;
    }

    private RuleBuilder Port(PortRange ports, uint offset)
    {
        _matches.Add(new LoadPayload(PayloadBase.Transport, offset, sizeof(ushort)));
        _matches.Add(ports.First == ports.Last
            ? new CompareRegister(Comparison.Equal, BigEndian(ports.First))
            : new RegisterInRange(BigEndian(ports.First), BigEndian(ports.Last)));
        return this;
    }

    private static Blob BigEndian(ushort number) => new([(byte)(number >> 8), (byte)number]);

    private static byte[] Mask(int length, int width)
    {
        var mask = new byte[width];
        for (var bit = 0; bit < length; bit++)
            mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return mask;
    }
}
