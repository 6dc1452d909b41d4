using System.Buffers.Binary;
using System.Net;
using Meduza.Linux.Netlink.Abi;
using static Meduza.Linux.Netlink.Abi.LinuxIpSet;
using static Meduza.Linux.Netlink.Abi.LinuxNetlink;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>What the kernel says of a set: part of it in each message of a dump.</summary>
/// <param name="Type">As <c>hash:net</c>; empty in the parts after the first.</param>
internal sealed record SetPart(string Type, byte Family, List<IPNetwork> Members);

/// <summary>The messages about sets of networks (<c>linux/netfilter/ipset/ip_set.h</c>, type <c>hash:net</c>).</summary>
internal static class IpSetMessages
{
    /// <summary>The type of all sets here.</summary>
    public const string HashNet = "hash:net";

    /// <summary>The kernel's own limit where none is given (<c>IPSET_DEFAULT_MAXELEM</c>).</summary>
    public const int DefaultMaximum = 65536;

    /// <summary>Room for any of these but the adding of members, in bytes.</summary>
    public const int MaxLength = 160;

    /// <summary>How many members are added by one message: what the kernel answers to a failed one repeats all of it.</summary>
    public const int MembersPerMessage = 500;

    // The last revision of the type (Linux 5.11).
    private const byte Revision = 7;

    private const byte AnyFamily = (byte)NetfilterFamily.Ipv4;
    private const int MemberLength = 52;

    // nlmsghdr CREATE, CREATE | EXCL | nfgenmsg | PROTOCOL u8 | SETNAME string | TYPENAME string | REVISION u8 | FAMILY u8
    // | DATA { MAXELEM be32, where it is not the default }
    public static void WriteCreate(ref MessageWriter writer, string name, NetfilterFamily family, int maximum)
    {
        var message = Begin(ref writer, IPSET_CMD_CREATE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        writer.WriteAttribute(IPSET_ATTR_SETNAME, name);
        writer.WriteAttribute(IPSET_ATTR_TYPENAME, HashNet);
        writer.WriteAttribute(IPSET_ATTR_REVISION, Revision);
        writer.WriteAttribute(IPSET_ATTR_FAMILY, (byte)family);
        var data = writer.BeginNested(IPSET_ATTR_DATA);
        if (maximum != DefaultMaximum)
            writer.WriteBigEndian(IPSET_ATTR_MAXELEM | NLA_F_NET_BYTEORDER, (uint)maximum);
        writer.EndNested(data);
        writer.EndMessage(message);
    }

    // nlmsghdr ADD, EXCL | nfgenmsg | PROTOCOL u8 | SETNAME string | LINENO be32 | ADT { DATA { … } … }
    // DATA { IP { IPADDR_IPV4 or _IPV6 } | CIDR u8 | LINENO be32 }; the number is what the kernel says of a bad one.
    /// <summary>Adds members; one that is there already is an error.</summary>
    public static void WriteAdd(ref MessageWriter writer, string name, scoped ReadOnlySpan<IPNetwork> members)
    {
        var message = Begin(ref writer, IPSET_CMD_ADD, NLM_F_REQUEST | NLM_F_ACK | NLM_F_EXCL);
        writer.WriteAttribute(IPSET_ATTR_SETNAME, name);
        writer.WriteBigEndian(IPSET_ATTR_LINENO | NLA_F_NET_BYTEORDER, 1u);
        var list = writer.BeginNested(IPSET_ATTR_ADT);
        Span<byte> address = stackalloc byte[16];
        for (var i = 0; i < members.Length; i++)
        {
            members[i].BaseAddress.TryWriteBytes(address, out var length);
            var data = writer.BeginNested(IPSET_ATTR_DATA);
            var ip = writer.BeginNested(IPSET_ATTR_IP);
            writer.WriteAttribute((ushort)((length == 4 ? IPSET_ATTR_IPADDR_IPV4 : IPSET_ATTR_IPADDR_IPV6) | NLA_F_NET_BYTEORDER), address[..length]);
            writer.EndNested(ip);
            writer.WriteAttribute(IPSET_ATTR_CIDR, (byte)members[i].PrefixLength);
            writer.WriteBigEndian(IPSET_ATTR_CADT_LINENO | NLA_F_NET_BYTEORDER, (uint)i + 1);
            writer.EndNested(data);
        }
        writer.EndNested(list);
        writer.EndMessage(message);
    }

    /// <summary>Room for a message that adds so many members, in bytes.</summary>
    public static int LengthOfAdd(int members) => MaxLength + MemberLength * members;

    // nlmsghdr SWAP | nfgenmsg | PROTOCOL u8 | SETNAME string | SETNAME2 string
    public static void WriteSwap(ref MessageWriter writer, string one, string other)
    {
        var message = Begin(ref writer, IPSET_CMD_SWAP, NLM_F_REQUEST | NLM_F_ACK);
        writer.WriteAttribute(IPSET_ATTR_SETNAME, one);
        writer.WriteAttribute(IPSET_ATTR_SETNAME2, other);
        writer.EndMessage(message);
    }

    // nlmsghdr DESTROY, EXCL | nfgenmsg | PROTOCOL u8 | SETNAME string
    public static void WriteDestroy(ref MessageWriter writer, string name) =>
        WriteNamed(ref writer, IPSET_CMD_DESTROY, NLM_F_REQUEST | NLM_F_ACK | NLM_F_EXCL, name);

    // nlmsghdr LIST | nfgenmsg | PROTOCOL u8 | SETNAME string
    public static void WriteList(ref MessageWriter writer, string name) => WriteNamed(ref writer, IPSET_CMD_LIST, NLM_F_REQUEST, name);

    // nlmsghdr GET_BYNAME | nfgenmsg | PROTOCOL u8 | SETNAME string
    public static void WriteGetIndex(ref MessageWriter writer, string name) =>
        WriteNamed(ref writer, IPSET_CMD_GET_BYNAME, NLM_F_REQUEST, name);

    /// <summary>Reads the answer to <see cref="WriteGetIndex"/>.</summary>
    public static bool TryParseIndex(in Message message, out ushort index)
    {
        index = 0;
        if (!TryRead(message, IPSET_CMD_GET_BYNAME, out var attributes))
            return false;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == IPSET_ATTR_INDEX && BinaryPrimitives.TryReadUInt16BigEndian(attribute.Value, out index))
                return true;
        }
        return false;
    }

    /// <summary>Reads the answers to <see cref="WriteList"/>.</summary>
    public static bool TryParseList(in Message message, out SetPart part)
    {
        part = null!;
        if (!TryRead(message, IPSET_CMD_LIST, out var attributes))
            return false;
        var type = "";
        byte family = 0;
        List<IPNetwork> members = [];
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case IPSET_ATTR_TYPENAME: type = attribute.Text; break;
                case IPSET_ATTR_FAMILY: attribute.TryGet(out family); break;
                case IPSET_ATTR_ADT: ReadMembers(attribute.Nested, members); break;
            }
        }
        part = new SetPart(type, family, members);
        return true;
    }

    private static void ReadMembers(AttributeReader list, List<IPNetwork> members)
    {
        while (list.TryRead(out var data))
        {
            IPAddress? address = null;
            byte? length = null;
            var element = data.Nested;
            while (element.TryRead(out var attribute))
            {
                if (attribute.Type == IPSET_ATTR_IP)
                    address = ReadAddress(attribute.Nested);
                else if (attribute.Type == IPSET_ATTR_CIDR && attribute.TryGet(out byte cidr))
                    length = cidr;
            }
            if (address is null)
                continue;
            var bytes = address.GetAddressBytes();
            var bits = Math.Min(length ?? 8 * bytes.Length, 8 * bytes.Length);
            // A network has no host bits; whatever a message says, this is one.
            for (var bit = bits; bit < 8 * bytes.Length; bit++)
                bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            members.Add(new IPNetwork(new IPAddress(bytes), bits));
        }
    }

    private static IPAddress? ReadAddress(AttributeReader ip)
    {
        while (ip.TryRead(out var attribute))
        {
            if (attribute.Type is IPSET_ATTR_IPADDR_IPV4 or IPSET_ATTR_IPADDR_IPV6 && attribute.TryGetAddress(out var address))
                return address;
        }
        return null;
    }

    private static void WriteNamed(ref MessageWriter writer, byte command, ushort flags, string name)
    {
        var message = Begin(ref writer, command, flags);
        writer.WriteAttribute(IPSET_ATTR_SETNAME, name);
        writer.EndMessage(message);
    }

    private static WriteToken Begin(ref MessageWriter writer, byte command, ushort flags)
    {
        var message = NetfilterMessage.Begin(ref writer, LinuxNfnetlink.NFNL_SUBSYS_IPSET, command, flags, AnyFamily);
        writer.WriteAttribute(IPSET_ATTR_PROTOCOL, IPSET_PROTOCOL);
        return message;
    }

    private static bool TryRead(in Message message, byte command, out AttributeReader attributes)
    {
        attributes = default;
        return message.Type == NetfilterMessage.Type(LinuxNfnetlink.NFNL_SUBSYS_IPSET, command)
            && message.TryRead<NetfilterHeader>(out _, out attributes);
    }
}
