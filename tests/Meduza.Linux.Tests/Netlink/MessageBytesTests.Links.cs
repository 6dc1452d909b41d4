using Meduza.Linux.Netlink.Route;

namespace Meduza.Linux.Tests.Netlink;

public partial class MessageBytesTests
{
    // ip link add v0 type veth peer name v1
    [Fact]
    public void New_veth_is_what_ip_sends() => Assert.Equal(
        "54000000100005060000000000000000" + "00000000000000000000000000000000" + "0700030076300000"
        + "2c001200" + "0800010076657468" + "20000200" + "1c000100" + "00000000000000000000000000000000" + "0700030076310000",
        Write((ref writer) => LinkMessages.WriteCreateVeth(ref writer, "v0", "v1", -1)));

    // ip link add br0 type bridge
    [Fact]
    public void New_bridge_is_what_ip_sends() => Assert.Equal(
        "38000000100005060000000000000000" + "00000000000000000000000000000000" + "0800030062723000" + "10001200" + "0a0001006272696467650000",
        Write((ref writer) => LinkMessages.WriteCreate(ref writer, "br0", "bridge")));

    // ip link add d0 type dummy
    [Fact]
    public void New_dummy_is_what_ip_sends() => Assert.Equal(
        "38000000100005060000000000000000" + "00000000000000000000000000000000" + "0700030064300000" + "10001200" + "0900010064756d6d79000000",
        Write((ref writer) => LinkMessages.WriteCreate(ref writer, "d0", "dummy")));

    // ip link add wg0 type wireguard
    [Fact]
    public void New_wireguard_is_what_ip_sends() => Assert.Equal(
        "3c000000100005060000000000000000" + "00000000000000000000000000000000" + "0800030077673000" + "14001200" + "0d000100776972656775617264000000",
        Write((ref writer) => LinkMessages.WriteCreate(ref writer, "wg0", "wireguard")));

    // ip link set v1 name v9
    [Fact]
    public void New_name_is_what_ip_sends() => Assert.Equal(
        "28000000100005000000000000000000" + "00000000030000000000000000000000" + "0700030076390000",
        Write((ref writer) => LinkMessages.WriteRename(ref writer, Index, "v9")));

    // ip link set v9 alias hello
    [Fact]
    public void Alias_is_what_ip_sends() => Assert.Equal(
        "2c000000100005000000000000000000" + "00000000030000000000000000000000" + "0900140068656c6c6f000000",
        Write((ref writer) => LinkMessages.WriteSetAlias(ref writer, Index, "hello"u8)));

    // ip link set v9 alias ""
    [Fact]
    public void Alias_that_is_taken_away_is_what_ip_sends() => Assert.Equal(
        "24000000100005000000000000000000" + "00000000030000000000000000000000" + "04001400",
        Write((ref writer) => LinkMessages.WriteSetAlias(ref writer, Index, [])));

    // ip link set v9 master br0
    [Fact]
    public void Bridge_port_is_what_ip_sends() => Assert.Equal(
        "28000000100005000000000000000000" + "00000000030000000000000000000000" + "08000a0004000000",
        Write((ref writer) => LinkMessages.WriteSetMaster(ref writer, Index, 4)));

    // ip link del v0
    [Fact]
    public void Deleted_link_is_what_ip_sends() => Assert.Equal(
        "20000000110005000000000000000000" + "00000000030000000000000000000000",
        Write((ref writer) => LinkMessages.WriteDelete(ref writer, Index)));
}
