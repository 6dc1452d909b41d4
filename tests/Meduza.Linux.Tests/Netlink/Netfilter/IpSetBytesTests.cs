using System.Net;
using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>Our requests against those of ipset.</summary>
public class IpSetBytesTests
{
    [Fact]
    public void New_set_is_what_ipset_sends() => Assert.Equal(
        Captured.Message("ipset", "ipset create LANS hash:net", "CREATE"),
        Captured.Write((ref writer) => IpSetMessages.WriteCreate(ref writer, "LANS", Ipv4, IpSetMessages.DefaultMaximum)));

    [Fact]
    public void New_ipv6_set_is_what_ipset_sends() => Assert.Equal(
        Captured.Message("ipset", "ipset create LANS6 hash:net family inet6", "CREATE"),
        Captured.Write((ref writer) => IpSetMessages.WriteCreate(ref writer, "LANS6", Ipv6, IpSetMessages.DefaultMaximum)));

    // The file: add LANS 10.1.0.0/24, add LANS 10.2.0.0/16, add LANS 192.168.7.1/32.
    [Fact]
    public void Several_members_are_what_ipset_restore_sends() => Assert.Equal(
        Captured.Message("ipset", "ipset restore -f r.txt", "ADD"),
        Captured.Write((ref writer) => IpSetMessages.WriteAdd(
            ref writer, "LANS", [IPNetwork.Parse("10.1.0.0/24"), IPNetwork.Parse("10.2.0.0/16"), IPNetwork.Parse("192.168.7.1/32")])));

    [Fact]
    public void Swap_is_what_ipset_sends() => Assert.Equal(
        Captured.Message("ipset", "ipset swap LANS TMP", "SWAP"),
        Captured.Write((ref writer) => IpSetMessages.WriteSwap(ref writer, "LANS", "TMP")));

    [Fact]
    public void Destroy_is_what_ipset_sends() => Assert.Equal(
        Captured.Message("ipset", "ipset destroy TMP", "DESTROY"),
        Captured.Write((ref writer) => IpSetMessages.WriteDestroy(ref writer, "TMP")));

    // The flags of a dump, and of its acknowledgement, are the socket's.
    [Fact]
    public void List_is_what_ipset_sends() => Assert.Equal(
        Captured.Message("ipset", "ipset list LANS", "LIST").Replace("07060503", "07060100", StringComparison.Ordinal),
        Captured.Write((ref writer) => IpSetMessages.WriteList(ref writer, "LANS")));
}
