using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>The messages about addresses: rtnetlink(7), <c>RTM_NEWADDR</c> and its like.</summary>
internal static class AddressMessages
{
    /// <summary>Room for any of these requests, in bytes.</summary>
    public const int MaxLength = 64;

    // nlmsghdr RTM_GETADDR | ifaddrmsg: index
    /// <summary>The addresses of one device, of both families. The kernel filters, since strict checking is on.</summary>
    public static void WriteDump(ref MessageWriter writer, int index)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_GETADDR, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(new AddressHeader { ifa_index = (uint)index });
        writer.EndMessage(message);
    }

    /// <summary>A new address. One that is there already is an error (<c>EEXIST</c>).</summary>
    public static void WriteAdd(ref MessageWriter writer, int index, IPAddress address, int prefixLength) =>
        Write(ref writer, LinuxRtnetlink.RTM_NEWADDR,
            LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK | LinuxNetlink.NLM_F_CREATE | LinuxNetlink.NLM_F_EXCL,
            index, address, prefixLength);

    public static void WriteDelete(ref MessageWriter writer, int index, IPAddress address, int prefixLength) =>
        Write(ref writer, LinuxRtnetlink.RTM_DELADDR, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK,
            index, address, prefixLength);

    // nlmsghdr | ifaddrmsg: family, prefix, scope universe, index | IFA_LOCAL 4 or 16 bytes | IFA_ADDRESS the same
    // IFA_ADDRESS is the other end where the link is point to point; without one, both are our own.
    private static void Write(
        ref MessageWriter writer, ushort type, ushort flags, int index, IPAddress address, int prefixLength)
    {
        var message = writer.BeginMessage(type, flags);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        writer.WriteStruct(new AddressHeader
        {
            ifa_family = (byte)(address.AddressFamily == AddressFamily.InterNetwork ? Tmds.Linux.LibC.AF_INET : Tmds.Linux.LibC.AF_INET6),
            ifa_prefixlen = (byte)prefixLength,
            ifa_scope = LinuxRtnetlink.RT_SCOPE_UNIVERSE,
            ifa_index = (uint)index,
        });
        writer.WriteAttribute(LinuxIfAddr.IFA_LOCAL, bytes[..length]);
        writer.WriteAttribute(LinuxIfAddr.IFA_ADDRESS, bytes[..length]);
        writer.EndMessage(message);
    }

    /// <summary>Reads <c>RTM_NEWADDR</c> and <c>RTM_DELADDR</c>.</summary>
    /// <returns>False for any other message, and for one without an address.</returns>
    public static bool TryParse(in Message message, out LinkAddress address)
    {
        address = default;
        if (message.Type is not (LinuxRtnetlink.RTM_NEWADDR or LinuxRtnetlink.RTM_DELADDR)
            || !message.TryRead<AddressHeader>(out var header, out var attributes))
            return false;

        // IPv4 has its own address in IFA_LOCAL, and in IFA_ADDRESS the peer's. IPv6 has IFA_LOCAL only where there is a
        // peer, and its own address otherwise in IFA_ADDRESS. So the first is right wherever it is there.
        IPAddress? local = null, other = null;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == LinuxIfAddr.IFA_LOCAL && attribute.TryGetAddress(out var value))
                local = value;
            else if (attribute.Type == LinuxIfAddr.IFA_ADDRESS && attribute.TryGetAddress(out value))
                other = value;
        }
        if ((local ?? other) is not { } found)
            return false;
        address = new LinkAddress((int)header.ifa_index, found, header.ifa_prefixlen, (AddressScope)header.ifa_scope);
        return true;
    }
}
