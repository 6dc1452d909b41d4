using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>What stands around the rules, against what iptables-nft and nft send.</summary>
public class TableBytesTests
{
    private const string NewChain = "iptables -t mangle -N CLASH_TPROXY";
    private const string Batch = "nft add chain ip foo bar; flush chain ip foo bar; delete chain ip foo bar; delete table ip foo";

    [Fact]
    public void Batch_for_a_generation_is_what_iptables_begins_with() => Assert.Equal(
        Captured.Message("iptables", NewChain, "BATCH_BEGIN"),
        Captured.Write((ref writer) => NetfilterMessage.WriteBatchBegin(ref writer, LinuxNfnetlink.NFNL_SUBSYS_NFTABLES, 1)));

    [Fact]
    public void End_of_a_batch_is_what_iptables_sends() => Assert.Equal(
        Captured.Message("iptables", NewChain, "BATCH_END"),
        Captured.Write((ref writer) => NetfilterMessage.WriteBatchEnd(ref writer, LinuxNfnetlink.NFNL_SUBSYS_NFTABLES)));

    [Fact]
    public void Table_is_what_iptables_sends() => Assert.Equal(
        Captured.Message("iptables", NewChain, "NEWTABLE"),
        Captured.Write((ref writer) => TableMessages.WriteNewTable(ref writer, Ipv4, "mangle")));

    [Fact]
    public void Chain_is_what_iptables_sends() => Assert.Equal(
        Captured.Message("iptables", NewChain, "NEWCHAIN"),
        Captured.Write((ref writer) => TableMessages.WriteNewChain(ref writer, Ipv4, "mangle", "CLASH_TPROXY")));

    [Theory]
    [InlineData("iptables -t mangle -A PREROUTING -j CLASH_TPROXY", "mangle")]
    [InlineData("iptables -t nat -A PREROUTING -d 10.1.0.0/24 -j NETMAP --to 192.168.1.0/24", "nat")]
    [InlineData("iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -j NETMAP --to 192.168.1.0/24", "nat")]
    public void Base_chain_is_what_iptables_sends(string command, string table)
    {
        BaseChain chain = (table, command.Contains("POSTROUTING", StringComparison.Ordinal)) switch
        {
            ("mangle", _) => BaseChain.ManglePrerouting,
            (_, false) => BaseChain.NatPrerouting,
            (_, true) => BaseChain.NatPostrouting,
        };
        Assert.Equal(
            Captured.Message("iptables", command, "NEWCHAIN"),
            Captured.Write((ref writer) => TableMessages.WriteNewChain(ref writer, Ipv4, table, chain)));
    }

    [Fact]
    public void Flush_of_a_chain_is_what_iptables_sends() => Assert.Equal(
        Captured.Message("iptables", "iptables -t mangle -F CLASH_TPROXY", "DELRULE"),
        Captured.Write((ref writer) => TableMessages.WriteFlushChain(ref writer, Ipv4, "mangle", "CLASH_TPROXY")));

    [Fact]
    public void Deletion_of_a_chain_is_what_nft_sends() => Assert.Equal(
        Captured.Message("nft", Batch, "DELCHAIN"),
        Captured.Write((ref writer) => TableMessages.WriteDeleteChain(ref writer, Ipv4, "foo", "bar")));

    // nft add rule ip mangle CLASH_TPROXY counter return comment "meduza": its NFTA_RULE_USERDATA
    [Fact]
    public void Comment_is_written_as_nft_does() => Assert.EndsWith(
        "0d000700" + "0007" + "6d6564757a6100" + "000000",
        Captured.Write((ref writer) => TableMessages.WriteNewRule(
            ref writer, Ipv4, "mangle", "CLASH_TPROXY", new RuleBuilder(Ipv4).Comment("meduza").Return())),
        StringComparison.Ordinal);
}
