namespace Meduza.Linux.Netlink;

/// <summary>Messages and attributes both begin on multiples of four (<c>NLMSG_ALIGNTO</c>, <c>NLA_ALIGNTO</c>).</summary>
internal static class Alignment
{
    public const int Unit = 4;

    /// <summary>The smallest multiple of four that is not less.</summary>
    public static int Align(int length) => (length + Unit - 1) & ~(Unit - 1);
}
