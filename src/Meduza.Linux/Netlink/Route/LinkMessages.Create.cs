using System.Text;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>New devices.</summary>
internal static partial class LinkMessages
{
    private const ushort CreateFlags =
        LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK | LinuxNetlink.NLM_F_CREATE | LinuxNetlink.NLM_F_EXCL;

    // nlmsghdr RTM_NEWLINK | ifinfomsg, zero | IFLA_IFNAME string | IFLA_LINKINFO { IFLA_INFO_KIND text without a NUL }
    /// <summary>A device of a kind that needs no more than its name: <c>wireguard</c>, <c>dummy</c>, <c>bridge</c>.</summary>
    public static void WriteCreate(ref MessageWriter writer, string name, string kind)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, CreateFlags);
        writer.WriteStruct(default(LinkHeader));
        writer.WriteAttribute(LinuxIfLink.IFLA_IFNAME, name);
        var info = writer.BeginNestedWithoutFlag(LinuxIfLink.IFLA_LINKINFO);
        writer.WriteAttribute(LinuxIfLink.IFLA_INFO_KIND, Encoding.ASCII.GetBytes(kind));
        writer.EndNested(info);
        writer.EndMessage(message);
    }

    // nlmsghdr RTM_NEWLINK | ifinfomsg, zero | IFLA_IFNAME string | IFLA_LINKINFO { IFLA_INFO_KIND "veth" |
    //   IFLA_INFO_DATA { VETH_INFO_PEER { ifinfomsg, zero | IFLA_IFNAME string | IFLA_NET_NS_FD u32, if elsewhere } } }
    /// <summary>A pair of devices, each the other end of the other's wire.</summary>
    /// <param name="peerNamespace">The network namespace of the second, an open descriptor; -1 for the same.</param>
    public static void WriteCreateVeth(ref MessageWriter writer, string name, string peer, int peerNamespace)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_NEWLINK, CreateFlags);
        writer.WriteStruct(default(LinkHeader));
        writer.WriteAttribute(LinuxIfLink.IFLA_IFNAME, name);
        var info = writer.BeginNestedWithoutFlag(LinuxIfLink.IFLA_LINKINFO);
        writer.WriteAttribute(LinuxIfLink.IFLA_INFO_KIND, "veth"u8);
        var data = writer.BeginNestedWithoutFlag(LinuxIfLink.IFLA_INFO_DATA);
        var other = writer.BeginNestedWithoutFlag(LinuxVeth.VETH_INFO_PEER);
        writer.WriteStruct(default(LinkHeader));
        writer.WriteAttribute(LinuxIfLink.IFLA_IFNAME, peer);
        if (peerNamespace >= 0)
            writer.WriteAttribute(LinuxIfLink.IFLA_NET_NS_FD, (uint)peerNamespace);
        writer.EndNested(other);
        writer.EndNested(data);
        writer.EndNested(info);
        writer.EndMessage(message);
    }
}
