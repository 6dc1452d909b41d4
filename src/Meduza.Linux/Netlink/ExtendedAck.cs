using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink;

/// <summary>Reads the end of an answer: an errno, and mostly the kernel's own words about it.</summary>
internal static class ExtendedAck
{
    // NLMSG_ERROR: | i32 errno, negated; 0 = done | header of the request | attributes, if NLM_F_ACK_TLVS |
    //              (the request's payload stands before the attributes unless NLM_F_CAPPED: we ask for capped ones)
    // NLMSG_DONE:  | i32 errno, negated, or ≥ 0 | attributes, if NLM_F_ACK_TLVS |
    /// <exception cref="LinuxException">It says that the request failed, or is too short to say anything.</exception>
    public static void ThrowIfError(in Message message, string call, string subject)
    {
        if (Failure(message, call, subject) is { } failure)
            throw failure;
    }

    /// <returns>Null when it says that the request was done.</returns>
    public static LinuxException? Failure(in Message message, string call, string subject)
    {
        int error;
        AttributeReader attributes;
        if (message.Type == LinuxNetlink.NLMSG_ERROR && message.TryRead<NetlinkError>(out var whole, out attributes))
            error = whole.error;
        else if (message.Type != LinuxNetlink.NLMSG_DONE || !message.TryRead(out error, out attributes))
            return new LinuxException(call, subject, Tmds.Linux.LibC.EBADMSG);

        if (error >= 0)
            return null;
        var (words, offset) = (message.Flags & LinuxNetlink.NLM_F_ACK_TLVS) != 0 ? Explanation(attributes) : default;
        return (words, offset) switch
        {
            (null, null) => new LinuxException(call, subject, -error),
            (null, { } at) => new LinuxException(call, subject, -error, $"at byte {at} of the request", offset),
            _ => new LinuxException(call, subject, -error, words, offset),
        };
    }

    private static (string? Words, int? Offset) Explanation(AttributeReader attributes)
    {
        string? words = null;
        int? offset = null;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == LinuxNetlink.NLMSGERR_ATTR_MSG)
                words = attribute.Text;
            else if (attribute.Type == LinuxNetlink.NLMSGERR_ATTR_OFFS && attribute.TryGet(out uint at) && at <= int.MaxValue)
                offset = (int)at;
        }
        return (words, offset);
    }
}
