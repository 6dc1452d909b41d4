using System.Buffers.Binary;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>What all messages of netfilter begin with.</summary>
internal static class NetfilterMessage
{
    public static ushort Type(byte subsystem, byte message) => (ushort)((subsystem << 8) | message);

    // nlmsghdr: type = subsystem, message | nfgenmsg: family, version 0, res_id 0
    public static WriteToken Begin(ref MessageWriter writer, byte subsystem, byte message, ushort flags, byte family)
    {
        var token = writer.BeginMessage(Type(subsystem, message), flags);
        writer.WriteStruct(new NetfilterHeader { nfgen_family = family });
        return token;
    }

    // nlmsghdr: NFNL_MSG_BATCH_BEGIN | nfgenmsg: family unspec, res_id be16 = subsystem | NFNL_BATCH_GENID be32
    /// <summary>Begins a batch that the kernel refuses (<c>ERESTART</c>) when the rule set is of another generation.</summary>
    public static void WriteBatchBegin(ref MessageWriter writer, byte subsystem, uint generation)
    {
        var token = writer.BeginMessage(LinuxNfnetlink.NFNL_MSG_BATCH_BEGIN, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(BatchHeader(subsystem));
        writer.WriteBigEndian(LinuxNfnetlink.NFNL_BATCH_GENID, generation);
        writer.EndMessage(token);
    }

    // nlmsghdr: NFNL_MSG_BATCH_END | nfgenmsg: family unspec, res_id be16 = subsystem
    public static void WriteBatchEnd(ref MessageWriter writer, byte subsystem)
    {
        var token = writer.BeginMessage(LinuxNfnetlink.NFNL_MSG_BATCH_END, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(BatchHeader(subsystem));
        writer.EndMessage(token);
    }

    private static NetfilterHeader BatchHeader(byte subsystem)
    {
        var header = default(NetfilterHeader);
        header.res_id = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)subsystem) : subsystem;
        return header;
    }
}
