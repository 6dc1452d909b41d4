using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Generic;

/// <summary>A family of generic netlink: it has a name, and on each boot another number.</summary>
/// <param name="Id">The type of its messages.</param>
internal readonly record struct GenericFamily(ushort Id)
{
    private const int MaxLength = 64;

    /// <summary>Asks the kernel for the number; it may load a module for that.</summary>
    /// <returns>Null where the kernel has no such family.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static GenericFamily? Find(NetlinkSocket socket, string name)
    {
        var writer = new MessageWriter(stackalloc byte[MaxLength]);
        WriteFind(ref writer, name);
        try
        {
            return socket.Get<GenericFamily>(writer.Written, "CTRL_CMD_GETFAMILY", name, TryParse) is [var family, ..] ? family : null;
        }
        catch (LinuxException e) when (e.Errno == Tmds.Linux.LibC.ENOENT)
        {
            return null;
        }
    }

    // nlmsghdr GENL_ID_CTRL | genlmsghdr CTRL_CMD_GETFAMILY version 1 | CTRL_ATTR_FAMILY_NAME string
    public static void WriteFind(ref MessageWriter writer, string name)
    {
        var message = writer.BeginMessage(LinuxGenetlink.GENL_ID_CTRL, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK);
        writer.WriteStruct(new GenericHeader { cmd = LinuxGenetlink.CTRL_CMD_GETFAMILY, version = 1 });
        writer.WriteAttribute(LinuxGenetlink.CTRL_ATTR_FAMILY_NAME, name);
        writer.EndMessage(message);
    }

    /// <summary>Reads <c>CTRL_CMD_NEWFAMILY</c>.</summary>
    public static bool TryParse(in Message message, out GenericFamily family)
    {
        family = default;
        if (message.Type != LinuxGenetlink.GENL_ID_CTRL
            || !message.TryRead<GenericHeader>(out var header, out var attributes)
            || header.cmd != LinuxGenetlink.CTRL_CMD_NEWFAMILY)
            return false;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == LinuxGenetlink.CTRL_ATTR_FAMILY_ID && attribute.TryGet(out ushort id))
            {
                family = new GenericFamily(id);
                return true;
            }
        }
        return false;
    }
}
