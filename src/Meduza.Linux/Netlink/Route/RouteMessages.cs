using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>The messages about routes: rtnetlink(7), <c>RTM_NEWROUTE</c>.</summary>
internal static class RouteMessages
{
    /// <summary>Room for any of these requests, in bytes.</summary>
    public const int MaxLength = 64;

    // nlmsghdr RTM_NEWROUTE | rtmsg: family, no destination, table main, protocol boot, scope | RTA_GATEWAY 4 or 16 bytes
    // | RTA_OIF u32; one of the two attributes may lack
    /// <summary>The default route, in place of the one that there is with the same metric.</summary>
    /// <param name="writer">Writes the request.</param>
    /// <param name="gateway">The next hop; null where the link itself leads everywhere (then IPv4).</param>
    /// <param name="index">The device; null where the kernel is to find it by the gateway.</param>
    public static void WriteReplaceDefault(ref MessageWriter writer, IPAddress? gateway, int? index)
    {
        var message = writer.BeginMessage(
            LinuxRtnetlink.RTM_NEWROUTE,
            LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK | LinuxNetlink.NLM_F_CREATE | LinuxNetlink.NLM_F_REPLACE);
        writer.WriteStruct(new RouteHeader
        {
            rtm_family = (byte)(gateway?.AddressFamily == AddressFamily.InterNetworkV6 ? Tmds.Linux.LibC.AF_INET6 : Tmds.Linux.LibC.AF_INET),
            rtm_table = LinuxRtnetlink.RT_TABLE_MAIN,
            rtm_protocol = LinuxRtnetlink.RTPROT_BOOT,
            rtm_scope = gateway is null ? LinuxRtnetlink.RT_SCOPE_LINK : LinuxRtnetlink.RT_SCOPE_UNIVERSE,
            rtm_type = LinuxRtnetlink.RTN_UNICAST,
        });
        if (gateway is not null)
        {
            Span<byte> bytes = stackalloc byte[16];
            gateway.TryWriteBytes(bytes, out var length);
            writer.WriteAttribute(LinuxRtnetlink.RTA_GATEWAY, bytes[..length]);
        }
        if (index is { } device)
            writer.WriteAttribute(LinuxRtnetlink.RTA_OIF, (uint)device);
        writer.EndMessage(message);
    }
}
