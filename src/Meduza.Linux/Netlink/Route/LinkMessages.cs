using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>The messages about devices: rtnetlink(7), <c>RTM_NEWLINK</c> and its like.</summary>
internal static partial class LinkMessages
{
    /// <summary>Room for any of these requests, in bytes.</summary>
    public const int MaxLength = 320;

    // nlmsghdr RTM_GETLINK | ifinfomsg, zero | IFLA_EXT_MASK u32
    /// <summary>All devices, without their counters.</summary>
    public static void WriteDump(ref MessageWriter writer)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_GETLINK, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(default(LinkHeader));
        writer.WriteAttribute(LinuxIfLink.IFLA_EXT_MASK, LinuxRtnetlink.RTEXT_FILTER_SKIP_STATS);
        writer.EndMessage(message);
    }

    // nlmsghdr RTM_GETLINK | ifinfomsg, zero | IFLA_EXT_MASK u32 | IFLA_IFNAME string
    /// <summary>One device by name.</summary>
    public static void WriteGet(ref MessageWriter writer, string name)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_GETLINK, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(default(LinkHeader));
        writer.WriteAttribute(LinuxIfLink.IFLA_EXT_MASK, LinuxRtnetlink.RTEXT_FILTER_SKIP_STATS);
        writer.WriteAttribute(LinuxIfLink.IFLA_IFNAME, name);
        writer.EndMessage(message);
    }

    // nlmsghdr RTM_NEWLINK | ifinfomsg: index, flags = IFF_UP or 0, change = IFF_UP
    /// <summary>Up or down; every other flag stays.</summary>
    public static void WriteSetUp(ref MessageWriter writer, int index, bool up)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK);
        writer.WriteStruct(new LinkHeader
        {
            ifi_index = index,
            ifi_flags = up ? LinuxIf.IFF_UP : 0,
            ifi_change = LinuxIf.IFF_UP,
        });
        writer.EndMessage(message);
    }

    // nlmsghdr RTM_NEWLINK | ifinfomsg: index | IFLA_MTU u32
    public static void WriteSetMtu(ref MessageWriter writer, int index, int mtu) =>
        WriteSet(ref writer, index, LinuxIfLink.IFLA_MTU, (uint)mtu);

    // nlmsghdr RTM_NEWLINK | ifinfomsg: index | IFLA_MASTER u32
    /// <summary>Puts a device into a bridge; 0 takes it out.</summary>
    public static void WriteSetMaster(ref MessageWriter writer, int index, int master) =>
        WriteSet(ref writer, index, LinuxIfLink.IFLA_MASTER, (uint)master);

    // nlmsghdr RTM_NEWLINK | ifinfomsg: index | IFLA_NET_NS_FD u32
    /// <summary>Moves a device to another network namespace.</summary>
    public static void WriteMove(ref MessageWriter writer, int index, int networkNamespace) =>
        WriteSet(ref writer, index, LinuxIfLink.IFLA_NET_NS_FD, (uint)networkNamespace);

    // nlmsghdr RTM_NEWLINK | ifinfomsg: index | IFLA_IFNAME string
    public static void WriteRename(ref MessageWriter writer, int index, string name)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK);
        writer.WriteStruct(new LinkHeader { ifi_index = index });
        writer.WriteAttribute(LinuxIfLink.IFLA_IFNAME, name);
        writer.EndMessage(message);
    }

    // nlmsghdr RTM_NEWLINK | ifinfomsg: index | IFLA_IFALIAS text without a NUL; none takes the alias away
    public static void WriteSetAlias(ref MessageWriter writer, int index, ReadOnlySpan<byte> alias)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK);
        writer.WriteStruct(new LinkHeader { ifi_index = index });
        writer.WriteAttribute(LinuxIfLink.IFLA_IFALIAS, alias);
        writer.EndMessage(message);
    }

    // nlmsghdr RTM_DELLINK | ifinfomsg: index
    public static void WriteDelete(ref MessageWriter writer, int index)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_DELLINK, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK);
        writer.WriteStruct(new LinkHeader { ifi_index = index });
        writer.EndMessage(message);
    }

    private static void WriteSet(ref MessageWriter writer, int index, ushort attribute, uint value)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK);
        writer.WriteStruct(new LinkHeader { ifi_index = index });
        writer.WriteAttribute(attribute, value);
        writer.EndMessage(message);
    }

    /// <summary>Reads <c>RTM_NEWLINK</c> and <c>RTM_DELLINK</c>.</summary>
    /// <returns>
    /// False for any other message; and for those of a bridge about its ports, which come as the same types: there
    /// <c>RTM_DELLINK</c> means that a device left the bridge, not that it is gone.
    /// </returns>
    public static bool TryParse(in Message message, out Link link)
    {
        link = default;
        if (message.Type is not (LinuxRtnetlink.RTM_NEWLINK or LinuxRtnetlink.RTM_DELLINK)
            || !message.TryRead<LinkHeader>(out var header, out var attributes)
            || header.ifi_family != Tmds.Linux.LibC.AF_UNSPEC)
            return false;

        var name = "";
        string? kind = null, alias = null;
        uint mtu = 0, master = 0;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LinuxIfLink.IFLA_IFNAME:
                    name = attribute.Text;
                    break;
                case LinuxIfLink.IFLA_MTU:
                    attribute.TryGet(out mtu);
                    break;
                case LinuxIfLink.IFLA_MASTER:
                    attribute.TryGet(out master);
                    break;
                case LinuxIfLink.IFLA_IFALIAS:
                    alias = attribute.Text;
                    break;
                case LinuxIfLink.IFLA_LINKINFO:
                    kind = Kind(attribute.Nested);
                    break;
            }
        }
        link = new Link(header.ifi_index, name, (header.ifi_flags & LinuxIf.IFF_UP) != 0, (int)Math.Min(mtu, int.MaxValue))
        {
            Kind = kind,
            Alias = alias,
            MasterIndex = (int)Math.Min(master, int.MaxValue),
        };
        return true;
    }

    private static string? Kind(AttributeReader info)
    {
        while (info.TryRead(out var attribute))
        {
            if (attribute.Type == LinuxIfLink.IFLA_INFO_KIND)
                return attribute.Text;
        }
        return null;
    }
}
