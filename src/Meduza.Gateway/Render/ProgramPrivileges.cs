using System.Collections.Immutable;

namespace Meduza.Gateway.Render;

/// <summary>
/// What each driven program runs as: the one table of it. <c>docs/security.md</c> shows the same to operators, and the lab
/// reads it back from the running daemons.
/// </summary>
/// <param name="Program">The program's file name.</param>
/// <param name="User">The user of its own.</param>
/// <param name="Capabilities">All that it holds while it runs.</param>
/// <param name="Why">What it needs them for, in a line.</param>
public sealed record ProgramPrivileges(string Program, string User, ImmutableArray<string> Capabilities, string Why)
{
    private const string NetAdmin = "CAP_NET_ADMIN";
    private const string NetRaw = "CAP_NET_RAW";
    private const string NetBindService = "CAP_NET_BIND_SERVICE";
    private const string SysAdmin = "CAP_SYS_ADMIN";
    private const string LowPort = "a port below 1024";

    /// <summary>
    /// True for a program that refuses to start as anybody but root, and then takes its user, groups and capabilities by
    /// itself. To do that it starts with <c>CAP_SETUID</c> and <c>CAP_SETGID</c>, which stay in its bounding set.
    /// </summary>
    public bool DropsByItself { get; init; }

    /// <summary>True for a program that does not run on a machine without its user; others then run as root, bounded to their capabilities.</summary>
    public bool NeedsUser { get; init; }

    public static ProgramPrivileges Zebra { get; } = Frr("zebra", "routes, and namespaces of VRFs", NetAdmin, NetRaw, SysAdmin);

    public static ProgramPrivileges Mgmtd { get; } =
        Frr("mgmtd", "nothing of its own: it asks for the same set as bgpd", NetBindService, NetAdmin, NetRaw, SysAdmin);

    public static ProgramPrivileges Staticd { get; } = Frr("staticd", "unix sockets only");

    // Its first lines refuse any user but root (ospf_main.c).
    public static ProgramPrivileges Ospfd { get; } =
        Frr("ospfd", "raw sockets of protocol 89", NetBindService, NetAdmin, NetRaw, SysAdmin) with { DropsByItself = true };

    public static ProgramPrivileges Bgpd { get; } =
        Frr("bgpd", "port 179, TCP MD5", NetBindService, NetAdmin, NetRaw, SysAdmin);

    public static ProgramPrivileges Dnsmasq { get; } = new("dnsmasq", "dnsmasq", [NetBindService], "port 53");

    public static ProgramPrivileges OpenVpn { get; } = new("openvpn", "openvpn", [NetAdmin, NetBindService], $"its device with address and routes, {LowPort}");

    public static ProgramPrivileges Tincd { get; } = new("tincd", "tinc", [NetAdmin, NetBindService], $"its device, {LowPort} (655)");

    public static ProgramPrivileges WireGuardGo { get; } = new("wireguard-go", "wireguard", [NetAdmin, NetBindService], $"its device, marks of packets, {LowPort}");

    public static ProgramPrivileges EasyTier { get; } = new("easytier-core", "easytier", [NetAdmin, NetRaw, NetBindService], $"its device, ICMP and raw TCP, {LowPort}");

    public static ProgramPrivileges Mihomo { get; } = new("mihomo", "mihomo", [NetAdmin, NetRaw, NetBindService], $"transparent sockets and marks, ICMP, {LowPort}");

    public static ProgramPrivileges MosDns { get; } = new("mosdns", "mosdns", [], "files and a port above 1023 only");

    public static ProgramPrivileges Etcd { get; } = new("etcd", "etcd", [], "files and ports above 1023 only");

    /// <summary>All of the table, in its order.</summary>
    public static ImmutableArray<ProgramPrivileges> All { get; } =
        [Dnsmasq, Tincd, OpenVpn, WireGuardGo, EasyTier, Mgmtd, Zebra, Staticd, Ospfd, Bgpd, Mihomo, MosDns, Etcd];

    /// <summary>The user as which it runs on that machine, who owns what it reads and writes; null is root.</summary>
    public string? UserOn(Machine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return NeedsUser || machine.Users.Contains(User) ? User : null;
    }

    /// <summary>What its service is started with.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="more">Capabilities that this instance needs beyond those of the table.</param>
    public Privileges On(Machine machine, params ImmutableArray<string> more) => new()
    {
        User = DropsByItself ? null : UserOn(machine),
        Capabilities = [.. Capabilities, .. more, .. DropsByItself ? (ImmutableArray<string>)["CAP_SETGID", "CAP_SETUID"] : []],
        NoNewPrivileges = true,
    };

    /// <summary>FRR asks the kernel for a fixed set at its start, and ends when it does not get all of it (lib/privs.c).</summary>
    private static ProgramPrivileges Frr(string program, string why, params ImmutableArray<string> capabilities) =>
        new(program, "frr", capabilities, why) { NeedsUser = true };
}
