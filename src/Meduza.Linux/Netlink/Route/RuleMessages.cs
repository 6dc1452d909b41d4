using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>The messages about rules of policy routing: rtnetlink(7), <c>RTM_NEWRULE</c> and its like.</summary>
internal static class RuleMessages
{
    /// <summary>Room for any of these requests, in bytes.</summary>
    public const int MaxLength = 192;

    // The kernel's own word for "no prefix is suppressed".
    private const uint NoSuppression = uint.MaxValue;

    // nlmsghdr RTM_GETRULE | fib_rule_hdr: family
    public static void WriteDump(ref MessageWriter writer, AddressFamily family)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_GETRULE, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(new RuleHeader { family = IpFamily.Number(family) });
        writer.EndMessage(message);
    }

    /// <summary>A new rule. One that is like it in all that is said is an error (<c>EEXIST</c>).</summary>
    public static void WriteAdd(ref MessageWriter writer, RoutingRule rule) =>
        Write(ref writer, LinuxRtnetlink.RTM_NEWRULE, LinuxNetlink.NLM_F_CREATE | LinuxNetlink.NLM_F_EXCL, rule);

    /// <summary>The end of the first rule that has all that is said here.</summary>
    public static void WriteDelete(ref MessageWriter writer, RoutingRule rule) => Write(ref writer, LinuxRtnetlink.RTM_DELRULE, 0, rule);

    // nlmsghdr | fib_rule_hdr: family, prefix lengths, table, action, flags | FRA_PRIORITY u32 | FRA_SRC | FRA_DST |
    // FRA_FWMARK u32 | FRA_FWMASK u32 | FRA_IIFNAME | FRA_OIFNAME | FRA_TABLE u32, if it needs more than a byte |
    // FRA_GOTO u32 | FRA_SUPPRESS_PREFIXLEN u32 | FRA_PROTOCOL u8
    private static void Write(ref MessageWriter writer, ushort type, ushort flags, RoutingRule rule)
    {
        var message = writer.BeginMessage(type, (ushort)(LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK | flags));
        writer.WriteStruct(new RuleHeader
        {
            family = IpFamily.Number(rule.Family),
            src_len = (byte)(rule.Source?.PrefixLength ?? 0),
            dst_len = (byte)(rule.Destination?.PrefixLength ?? 0),
            table = rule.Table <= byte.MaxValue ? (byte)rule.Table : LinuxRtnetlink.RT_TABLE_UNSPEC,
            action = (byte)rule.Action,
            flags = rule.Inverted ? LinuxFibRules.FIB_RULE_INVERT : 0,
        });
        writer.WriteAttribute(LinuxFibRules.FRA_PRIORITY, rule.Priority);
        WritePrefix(ref writer, LinuxFibRules.FRA_SRC, rule.Source);
        WritePrefix(ref writer, LinuxFibRules.FRA_DST, rule.Destination);
        if (rule.MarkMask != 0)
        {
            writer.WriteAttribute(LinuxFibRules.FRA_FWMARK, rule.Mark);
            writer.WriteAttribute(LinuxFibRules.FRA_FWMASK, rule.MarkMask);
        }
        if (rule.InputLink is not null)
            writer.WriteAttribute(LinuxFibRules.FRA_IIFNAME, rule.InputLink);
        if (rule.OutputLink is not null)
            writer.WriteAttribute(LinuxFibRules.FRA_OIFNAME, rule.OutputLink);
        if (rule.Table > byte.MaxValue)
            writer.WriteAttribute(LinuxFibRules.FRA_TABLE, rule.Table);
        if (rule.Action == RuleAction.Goto)
            writer.WriteAttribute(LinuxFibRules.FRA_GOTO, rule.GotoPriority);
        if (rule.SuppressPrefixLength is { } length)
            writer.WriteAttribute(LinuxFibRules.FRA_SUPPRESS_PREFIXLEN, length);
        if (rule.Protocol != RouteProtocol.Unspecified)
            writer.WriteAttribute(LinuxFibRules.FRA_PROTOCOL, (byte)rule.Protocol);
        writer.EndMessage(message);
    }

    private static void WritePrefix(ref MessageWriter writer, ushort type, IPNetwork? prefix)
    {
        if (prefix is { PrefixLength: > 0 } some)
            writer.WriteAttribute(type, some.BaseAddress);
    }

    /// <summary>Reads <c>RTM_NEWRULE</c> and <c>RTM_DELRULE</c>.</summary>
    /// <returns>False for any other message, and for other families.</returns>
    public static bool TryParse(in Message message, out RoutingRule rule)
    {
        rule = null!;
        if (message.Type is not (LinuxRtnetlink.RTM_NEWRULE or LinuxRtnetlink.RTM_DELRULE)
            || !message.TryRead<RuleHeader>(out var header, out var attributes)
            || !IpFamily.TryParse(header.family, out var family))
            return false;

        IPNetwork? source = null, destination = null;
        uint priority = 0, table = header.table, mark = 0, mask = 0, target = 0, suppress = NoSuppression;
        string? input = null, output = null;
        byte protocol = 0;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LinuxFibRules.FRA_PRIORITY:
                    attribute.TryGet(out priority);
                    break;
                case LinuxFibRules.FRA_SRC when TryPrefix(attribute, header.src_len, out var prefix):
                    source = prefix;
                    break;
                case LinuxFibRules.FRA_DST when TryPrefix(attribute, header.dst_len, out var prefix):
                    destination = prefix;
                    break;
                case LinuxFibRules.FRA_FWMARK:
                    attribute.TryGet(out mark);
                    break;
                case LinuxFibRules.FRA_FWMASK:
                    attribute.TryGet(out mask);
                    break;
                case LinuxFibRules.FRA_IIFNAME:
                    input = attribute.Text;
                    break;
                case LinuxFibRules.FRA_OIFNAME:
                    output = attribute.Text;
                    break;
                case LinuxFibRules.FRA_TABLE:
                    attribute.TryGet(out table);
                    break;
                case LinuxFibRules.FRA_GOTO:
                    attribute.TryGet(out target);
                    break;
                case LinuxFibRules.FRA_SUPPRESS_PREFIXLEN when attribute.TryGet(out uint length):
                    suppress = length;
                    break;
                case LinuxFibRules.FRA_PROTOCOL:
                    attribute.TryGet(out protocol);
                    break;
            }
        }
        rule = new RoutingRule(family, priority)
        {
            Action = (RuleAction)header.action,
            Table = table,
            GotoPriority = target,
            Mark = mark,
            MarkMask = mask,
            Source = source,
            Destination = destination,
            InputLink = input,
            OutputLink = output,
            Inverted = (header.flags & LinuxFibRules.FIB_RULE_INVERT) != 0,
            SuppressPrefixLength = suppress == NoSuppression ? null : suppress,
            Protocol = (RouteProtocol)protocol,
        };
        return true;
    }

    private static bool TryPrefix(in NetlinkAttribute attribute, int length, out IPNetwork prefix)
    {
        prefix = default;
        return attribute.TryGetAddress(out var address) && IpFamily.TryPrefix(address, length, out prefix);
    }
}
