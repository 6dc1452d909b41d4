using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// Matches and targets of xtables, run by nf_tables through <c>nft_compat</c>. iptables-nft knows a rule by these; a
/// native expression that does the same (<c>tproxy</c>, <c>ct</c>, <c>lookup</c>) would make the whole chain one that it
/// can neither show nor change. See iptables-extensions(8).
/// </summary>
public static class XtCompat
{
    private const int InfoUnit = 8;

    /// <summary><c>-j TPROXY --on-port PORT --tproxy-mark MARK/MASK</c>: gives the packet to a listener on this machine.</summary>
    public static XtablesTarget Tproxy(ushort port, uint mark, uint mask) => new("TPROXY", 1, Info(new TproxyInfo
    {
        mark_mask = mask,
        mark_value = mark,
        lport = Network(port),
    }));

    /// <summary><c>-m set --match-set SET src</c></summary>
    /// <param name="index">The set's number, see <see cref="IpSets.IndexOf"/>. It stays the same when sets are swapped.</param>
    public static XtablesMatch SourceInSet(ushort index) => new("set", 4, Info(new SetMatchInfo
    {
        index = index,
        dim = LinuxXtables.IPSET_DIM_ONE,
        set_flags = LinuxXtables.IPSET_DIM_ONE_SRC,
    }));

    /// <summary><c>-m set --match-set SET dst</c>, see <see cref="SourceInSet"/>.</summary>
    public static XtablesMatch DestinationInSet(ushort index) => new("set", 4, Info(new SetMatchInfo
    {
        index = index,
        dim = LinuxXtables.IPSET_DIM_ONE,
    }));

    /// <summary><c>-m conntrack --ctorigsrc NETWORK</c>: the packet's connection was begun from there, whichever way the packet goes.</summary>
    public static XtablesMatch ConnectionBegunFrom(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        Span<byte> mask = stackalloc byte[16];
        mask.Fill(0xff);
        var width = 8 * bytes.Length;
        // The mask of a shorter address covers the unused words too, as iptables has it.
        for (var bit = network.PrefixLength; bit < width; bit++)
            mask[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return Conntrack(new ConntrackInfo
        {
            origsrc_addr = InternetAddress.Of(bytes),
            origsrc_mask = InternetAddress.Of(mask),
            match_flags = LinuxXtables.XT_CONNTRACK_ORIGSRC,
        });
    }

    /// <summary><c>-m conntrack --ctstate DNAT</c>: the destination of the packet's connection was translated.</summary>
    public static XtablesMatch ConnectionWasRedirected() => Conntrack(new ConntrackInfo
    {
        match_flags = LinuxXtables.XT_CONNTRACK_STATE,
        state_mask = LinuxXtables.XT_CONNTRACK_STATE_DNAT,
    });

    /// <summary><c>-m conntrack --ctstate DNAT --ctorigdstport PORT</c>: …and was to that port before.</summary>
    public static XtablesMatch ConnectionWasRedirectedFrom(ushort port) => Conntrack(new ConntrackInfo
    {
        match_flags = LinuxXtables.XT_CONNTRACK_STATE | LinuxXtables.XT_CONNTRACK_ORIGDST_PORT,
        state_mask = LinuxXtables.XT_CONNTRACK_STATE_DNAT,
        origdst_port = port,
        origdst_port_high = port,
    });

    /// <summary><c>-m addrtype --dst-type LOCAL</c>: to an address of this machine.</summary>
    public static XtablesMatch DestinationIsLocal() =>
        new("addrtype", 1, Info(new AddressTypeInfo { dest = LinuxXtables.XT_ADDRTYPE_LOCAL }));

    /// <summary>
    /// <c>-j NETMAP --to NETWORK</c>: the address becomes the one of the same place in that network, the source in
    /// POSTROUTING, the destination in PREROUTING. IPv4.
    /// </summary>
    public static XtablesTarget NetMap(IPNetwork network)
    {
        var first = BitConverter.ToUInt32(network.BaseAddress.GetAddressBytes());
        var hosts = network.PrefixLength == 0 ? uint.MaxValue : (1u << (32 - network.PrefixLength)) - 1;
        return new("NETMAP", 0, Info(new NatIpv4Info
        {
            rangesize = 1,
            flags = LinuxXtables.NF_NAT_RANGE_MAP_IPS,
            min_ip = first,
            max_ip = first | Network(hosts),
        }));
    }

    /// <summary><c>-j DNAT --to-destination ADDRESS:PORT</c>, for both families.</summary>
    public static XtablesTarget RedirectTo(IPAddress address, ushort port)
    {
        ArgumentNullException.ThrowIfNull(address);
        var target = InternetAddress.Of(address.GetAddressBytes());
        return new("DNAT", 2, Info(new NatRange2
        {
            flags = LinuxXtables.NF_NAT_RANGE_MAP_IPS | LinuxXtables.NF_NAT_RANGE_PROTO_SPECIFIED,
            min_addr = target,
            max_addr = target,
            min_proto = Network(port),
            max_proto = Network(port),
        }));
    }

    /// <summary><c>-j MASQUERADE</c>: the source becomes the address of the device that the packet leaves by.</summary>
    public static XtablesTarget Masquerade(NetfilterFamily family) => new("MASQUERADE", 0, family == NetfilterFamily.Ipv4
        ? Info(new NatIpv4Info { rangesize = 1 })
        : Info(default(NatRange)));

    private static XtablesMatch Conntrack(in ConntrackInfo info) => new("conntrack", 3, Info(info));

    private static Blob Info<T>(in T info) where T : unmanaged
    {
        Span<byte> bytes = stackalloc byte[(Unsafe.SizeOf<T>() + InfoUnit - 1) & ~(InfoUnit - 1)];
        MemoryMarshal.Write(bytes, info);
        return new Blob(bytes);
    }

    private static ushort Network(ushort number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;

    private static uint Network(uint number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;
}
