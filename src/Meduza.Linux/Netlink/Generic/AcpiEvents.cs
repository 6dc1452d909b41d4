using Meduza.Linux.Netlink.Abi;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink.Generic;

/// <summary>
/// What the kernel tells of a machine's firmware (ACPI): that its button was pressed, its lid shut. No header of the kernel
/// has the names and the layout: drivers/acpi/event.c.
/// </summary>
public sealed class AcpiEvents : IDisposable
{
    /// <summary>The class of the device that is the button to switch a machine off. Its driver is the module <c>button</c>.</summary>
    public const string PowerButton = "button/power";

    private const string FamilyName = "acpi_event";
    private const string GroupName = "acpi_mc_group";
    private const ushort EventAttribute = 1;
    private const int ClassLength = 20;
    private const int MaxLength = 64;

    private readonly NetlinkSocket _socket;

    private AcpiEvents(NetlinkSocket socket) => _socket = socket;

    /// <summary>Readable when there are some.</summary>
    public Descriptor Descriptor => _socket.Descriptor;

    /// <summary>From now on events are queued here.</summary>
    /// <returns>Null where the kernel has no ACPI.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static AcpiEvents? Open()
    {
        var socket = NetlinkSocket.Open(LinuxNetlink.NETLINK_GENERIC);
        try
        {
            if (FindGroup(socket) is { } group)
            {
                socket.Subscribe(group);
                return new(socket);
            }
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes those of one datagram.</summary>
    /// <returns>Classes of the devices that had one, such as <see cref="PowerButton"/>; none where they were lost or not there after all.</returns>
    public IReadOnlyList<string> Read()
    {
        var classes = new List<string>();
        try
        {
            var reader = _socket.ReadNotifications();
            while (reader.TryRead(out var message))
            {
                if (TryParse(message, out var device))
                    classes.Add(device);
            }
        }
        catch (LinuxException e) when (e.Errno == ENOBUFS || e.Errno == EMSGSIZE || e.Errno == EAGAIN)
        {
            // Who presses a button sees that nothing comes of it, and presses it again.
        }
        return classes;
    }

    public void Dispose() => _socket.Dispose();

    // genlmsghdr | ACPI_GENL_ATTR_EVENT struct acpi_genl_event { char device_class[20]; char bus_id[15]; u32 type; u32 data; }
    internal static bool TryParse(in Message message, out string device)
    {
        device = "";
        if (message.Type <= LinuxGenetlink.GENL_ID_CTRL || !message.TryRead<GenericHeader>(out _, out var attributes))
            return false;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type != EventAttribute || attribute.Value.Length < ClassLength)
                continue;
            device = new NetlinkAttribute(attribute.Type, attribute.Value[..ClassLength]).Text;
            return true;
        }
        return false;
    }

    // CTRL_CMD_NEWFAMILY | CTRL_ATTR_MCAST_GROUPS { number { CTRL_ATTR_MCAST_GRP_NAME string | CTRL_ATTR_MCAST_GRP_ID u32 } … }
    internal static bool TryParseGroup(in Message message, out uint group)
    {
        group = 0;
        if (message.Type != LinuxGenetlink.GENL_ID_CTRL
            || !message.TryRead<GenericHeader>(out var header, out var attributes)
            || header.cmd != LinuxGenetlink.CTRL_CMD_NEWFAMILY)
            return false;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type != LinuxGenetlink.CTRL_ATTR_MCAST_GROUPS)
                continue;
            var groups = attribute.Nested;
            while (groups.TryRead(out var entry))
            {
                if (IsOurs(entry.Nested, out group))
                    return true;
            }
        }
        return false;
    }

    private static bool IsOurs(AttributeReader attributes, out uint number)
    {
        (number, var isOurs) = (0u, false);
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == LinuxGenetlink.CTRL_ATTR_MCAST_GRP_NAME)
                isOurs = attribute.Text == GroupName;
            else if (attribute.Type == LinuxGenetlink.CTRL_ATTR_MCAST_GRP_ID && attribute.TryGet(out uint id))
                number = id;
        }
        return isOurs && number != 0;
    }

    private static uint? FindGroup(NetlinkSocket socket)
    {
        var writer = new MessageWriter(stackalloc byte[MaxLength]);
        GenericFamily.WriteFind(ref writer, FamilyName);
        try
        {
            return socket.Get<uint>(writer.Written, "CTRL_CMD_GETFAMILY", FamilyName, TryParseGroup) is [var group, ..] ? group : null;
        }
        catch (LinuxException e) when (e.Errno == ENOENT)
        {
            return null;
        }
    }
}
