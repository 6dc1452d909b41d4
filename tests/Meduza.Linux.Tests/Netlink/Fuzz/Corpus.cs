using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Netfilter;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Tests.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Linux.Tests.Netlink.Fuzz;

/// <summary>
/// Messages as a kernel sends them, one a line in hexadecimal (<c>Corpus.txt</c>). <c>MEDUZA_FUZZ_CORPUS=FILE</c> asks
/// this machine's kernel for them anew.
/// </summary>
internal static class Corpus
{
    // A WireGuard device with a peer, and the number of a generic family (31): no kernel here has them to ask for.
    private const string WireGuard =
        "c00000001f0002000100000000000000" + "00010000" + "0800020077673000" + "060006006cca0000" + "94000880" + "90000080"
        + "24000100c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038" + "140004000200ca6dc00002010000000000000000"
        + "14000600000000660000000000000000f0490200" + "48000980" + "1c000080" + "0600010002000000" + "080002000a010000" + "0500030010000000"
        + "28000080" + "060001000a000000" + "1400020020010db8000100000000000000000000" + "0500030030000000";

    private const string FamilyNumber = "24000000100000000100000000000000" + "01020000" + "0e000200776972656775617264000000" + "060001001f000000";

    // A family with its group, and what comes by that: a machine's power button, for which it must be a machine with ACPI.
    private const string FamilyWithGroup =
        "50000000100000000100000000000000" + "01020000" + "0f000200616370695f6576656e740000" + "0600010017000000" + "2400070020000100080002000300000012000100616370695f6d635f67726f7570000000";

    private const string PowerButton =
        "44000000170000000000000000000000" + "0101000030000100" + "627574746f6e2f706f7765720000000000000000" + "4c4e58505752424e3a303000000000008000000001000000";

    private const string Refusal = "34000000020000030100000000000000" + "9dffffff" + "28000000150005000100000000000000" + "0f000100" + "416464726573730a000000" + "00";

    public static IReadOnlyList<byte[]> Messages { get; } = Read();

    private static List<byte[]> Read()
    {
        using var stream = typeof(Corpus).Assembly.GetManifestResourceStream("Corpus") ?? throw new InvalidOperationException("no corpus");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromHexString)];
    }

    /// <summary>Has the kernel of this machine say everything that is parsed.</summary>
    public static void Write(string file)
    {
        using var network = new NetworkNamespace();
        network.Ip("link set lo up");
        network.Ip("link add v0 type veth peer name v1");
        network.Ip("link set v0 alias name-of-v0");
        network.Ip("address add 10.1.2.3/24 dev v0");
        network.Ip("address add 2001:db8::1/64 dev v0 nodad");
        network.Ip("link set v0 up");
        network.Ip("link set v1 up");
        network.Ip("route add 10.6.0.0/16 via 10.1.2.1 metric 5 mtu 1300");
        network.Ip("route add 10.7.0.0/16 nexthop via 10.1.2.1 nexthop via 10.1.2.2");
        network.Ip("rule add priority 100 fwmark 0x1 table 1000");
        network.Ip("rule add priority 101 from 10.1.0.0/16 iif v0 suppress_prefixlength 0 table 7");
        using var sets = network.Run(IpSets.Open);
        sets.Replace(SampleChains.Set, Ipv4, SampleChains.Networks(5));
        sets.Replace("SIX", Ipv6, [IPNetwork.Parse("2001:db8::/32")]);
        using var tables = network.Run(NfTables.Open);
        OwnChains.Apply(tables, SampleChains.Proxy(sets.IndexOf(SampleChains.Set)!.Value, 22), SampleChains.MapIn, SampleChains.ForwardIn6,
            new OwnChain(Ipv4, "mangle", "TOLD", BaseChain.ManglePrerouting, [new RuleBuilder(Ipv4).Comment("told").Return()]));
        network.Tool("nft add rule ip mangle TOLD tcp dport { 80, 443 } ct state new limit rate 5/second log prefix \"x\" drop");

        var messages = new List<string> { WireGuard, FamilyNumber, FamilyWithGroup, PowerButton, Refusal };
        using var route = network.Run(() => NetlinkSocket.Open(LinuxNetlink.NETLINK_ROUTE));
        using var netfilter = network.Run(() => NetlinkSocket.Open(LinuxNfnetlink.NETLINK_NETFILTER));
        Ask(route, LinkMessages.WriteDump);
        Ask(route, (ref writer) => AddressMessages.WriteDump(ref writer, 2));
        Ask(route, (ref writer) => AddressMessages.WriteDump(ref writer, 3));
        Ask(route, (ref writer) => RouteMessages.WriteDump(ref writer, new RouteFilter()));
        Ask(route, (ref writer) => RuleMessages.WriteDump(ref writer, default));
        foreach (var family in new[] { Ipv4, Ipv6 })
        {
            Ask(netfilter, (ref writer) => TableMessages.WriteDumpTables(ref writer, family));
            Ask(netfilter, (ref writer) => TableMessages.WriteDumpChains(ref writer, family));
            Ask(netfilter, (ref writer) => TableMessages.WriteDumpRules(ref writer, family, "mangle"));
            Ask(netfilter, (ref writer) => TableMessages.WriteDumpRules(ref writer, family, "nat"));
        }
        Ask(netfilter, TableMessages.WriteGetGeneration, isDump: false);
        Ask(netfilter, (ref writer) => IpSetMessages.WriteList(ref writer, SampleChains.Set));
        Ask(netfilter, (ref writer) => IpSetMessages.WriteList(ref writer, "SIX"));
        Ask(netfilter, (ref writer) => IpSetMessages.WriteGetIndex(ref writer, "SIX"), isDump: false);
        File.WriteAllText(file, string.Join('\n', messages.Distinct()) + "\n");

        void Ask(NetlinkSocket socket, Captured.WriteMessage write, bool isDump = true)
        {
            var writer = new MessageWriter(new byte[4096]);
            write(ref writer);
            messages.AddRange(isDump
                ? socket.Dump<string>(writer.Written, "dump", "", TryKeep)
                : socket.Get<string>(writer.Written, "get", "", TryKeep));
        }
    }

    private static bool TryKeep(in Message message, out string bytes)
    {
        var header = new NetlinkHeader
        {
            nlmsg_len = (uint)(Unsafe.SizeOf<NetlinkHeader>() + message.Payload.Length),
            nlmsg_type = message.Type,
            nlmsg_flags = message.Flags,
            nlmsg_seq = 1,
        };
        bytes = Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<NetlinkHeader>(in header))) + Convert.ToHexStringLower(message.Payload);
        return true;
    }
}
