using System.Net;
using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Linux.Tests.Netlink;

/// <summary>
/// Our requests against those of iproute2 6.1, captured once with strace; the device had index 3. Its sequence numbers
/// are replaced by zero, which is what ours have before the socket numbers them.
/// </summary>
public partial class MessageBytesTests
{
    private const int Index = 3;

    // ip addr add 10.1.2.3/24 dev v0
    [Fact]
    public void Added_ipv4_address_is_what_ip_sends() => Assert.Equal(
        "28000000140005060000000000000000" + "0218000003000000" + "080002000a010203" + "080001000a010203",
        Write((ref writer) => AddressMessages.WriteAdd(ref writer, Index, IPAddress.Parse("10.1.2.3"), 24)));

    // ip addr add 2001:db8::1/64 dev v0
    [Fact]
    public void Added_ipv6_address_is_what_ip_sends() => Assert.Equal(
        "40000000140005060000000000000000" + "0a40000003000000"
        + "1400020020010db8000000000000000000000001" + "1400010020010db8000000000000000000000001",
        Write((ref writer) => AddressMessages.WriteAdd(ref writer, Index, IPAddress.Parse("2001:db8::1"), 64)));

    // ip addr del 10.1.2.3/24 dev v0
    [Fact]
    public void Deleted_ipv4_address_is_what_ip_sends() => Assert.Equal(
        "28000000150005000000000000000000" + "0218000003000000" + "080002000a010203" + "080001000a010203",
        Write((ref writer) => AddressMessages.WriteDelete(ref writer, Index, IPAddress.Parse("10.1.2.3"), 24)));

    // ip addr del 2001:db8::1/64 dev v0
    [Fact]
    public void Deleted_ipv6_address_is_what_ip_sends() => Assert.Equal(
        "40000000150005000000000000000000" + "0a40000003000000"
        + "1400020020010db8000000000000000000000001" + "1400010020010db8000000000000000000000001",
        Write((ref writer) => AddressMessages.WriteDelete(ref writer, Index, IPAddress.Parse("2001:db8::1"), 64)));

    // ip link set v0 up
    [Fact]
    public void Link_up_is_what_ip_sends() => Assert.Equal(
        "20000000100005000000000000000000" + "00000000030000000100000001000000",
        Write((ref writer) => LinkMessages.WriteSetUp(ref writer, Index, true)));

    // ip link set v0 down
    [Fact]
    public void Link_down_is_what_ip_sends() => Assert.Equal(
        "20000000100005000000000000000000" + "00000000030000000000000001000000",
        Write((ref writer) => LinkMessages.WriteSetUp(ref writer, Index, false)));

    // ip link set v0 mtu 1400
    [Fact]
    public void Mtu_is_what_ip_sends() => Assert.Equal(
        "28000000100005000000000000000000" + "00000000030000000000000000000000" + "0800040078050000",
        Write((ref writer) => LinkMessages.WriteSetMtu(ref writer, Index, 1400)));

    // ip link show v0: that asks with AF_PACKET and for virtual functions (mask 1), the name first; the kernel reads
    // attributes in any order. Ours leaves the counters out (mask 8).
    [Fact]
    public void Link_by_name_carries_the_mask_and_the_name_with_its_nul() => Assert.Equal(
        "30000000120001000000000000000000" + "00000000000000000000000000000000" + "08001d0008000000" + "0700030076300000",
        Write((ref writer) => LinkMessages.WriteGet(ref writer, "v0")));

    // ip addr show dev v0, its RTM_GETADDR (the flags of a dump are the socket's)
    [Fact]
    public void Address_dump_is_what_ip_sends() => Assert.Equal(
        "18000000160001000000000000000000" + "0000000003000000",
        Write((ref writer) => AddressMessages.WriteDump(ref writer, Index)));

    private delegate void WriteMessage(ref MessageWriter writer);

    private static string Write(WriteMessage write)
    {
        var writer = new MessageWriter(new byte[320]);
        write(ref writer);
        return Convert.ToHexStringLower(writer.Written);
    }
}
