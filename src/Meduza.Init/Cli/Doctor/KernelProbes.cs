using System.Net;
using Meduza.Linux;
using Meduza.Linux.Netlink.Netfilter;
using Meduza.Linux.Netlink.Route;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Cli.Doctor;

/// <summary>
/// What the kernel can do, found by doing it: in a network namespace of its own that is gone with the probe, and all that
/// was made in it. Modules that the kernel loads for it stay loaded, as they would for the gateway.
/// </summary>
internal static class KernelProbes
{
    private const string Part = "kernel";
    private const string Set = "meduza-doctor";
    private const string Proxying = "load it (modprobe), or leave clash/mode tproxy, port forwards and mappings alone";

    /// <param name="tunNode">The device node of tun.</param>
    /// <param name="mounts">What is mounted, as <c>/proc/self/mounts</c> has it.</param>
    public static IEnumerable<Finding> Probe(string tunNode = "/dev/net/tun", string mounts = "/proc/self/mounts")
    {
        yield return Tun(tunNode);
        yield return Cgroup(mounts);
        Descriptor? space = null;
        Finding? none = null;
        try
        {
            space = NamespaceThread.Create();
        }
        catch (LinuxException e)
        {
            none = Finding.Warning(
                Part, "network", $"cannot be probed: {e.Message}", "run this as root; in a container CAP_SYS_ADMIN lets it make a namespace to try things in");
        }
        if (space is null)
        {
            yield return none!;
            yield break;
        }
        using (space)
        {
            yield return Try(space, "wireguard", "load it (modprobe wireguard); without it wireguard-go is used, at more cost", () =>
            {
                using var route = RouteSocket.Open();
                route.CreateWireGuard("wg-doctor");
            });
            yield return Try(space, "nf_tables", Proxying, () => Rule(new RuleBuilder(NetfilterFamily.Ipv4).Return()));
            yield return Try(space, "ip_set", Proxying, () =>
            {
                using var sets = IpSets.Open();
                sets.Create(Set, NetfilterFamily.Ipv4);
            });
            yield return Try(space, "xt_TPROXY", Proxying, () =>
                Rule(new RuleBuilder(NetfilterFamily.Ipv4).Protocol(TransportProtocol.Tcp).Target(XtCompat.Tproxy(7893, 1, 1))));
            yield return Try(space, "nat", Proxying, () =>
            {
                using var tables = NfTables.Open();
                OwnChains.Apply(tables, new OwnChain(NetfilterFamily.Ipv4, "nat", "DOCTOR", BaseChain.NatPrerouting,
                    [new RuleBuilder(NetfilterFamily.Ipv4).Protocol(TransportProtocol.Tcp).Target(XtCompat.RedirectTo(IPAddress.Loopback, 1))]));
            });
        }
    }

    private static void Rule(Rule rule)
    {
        using var tables = NfTables.Open();
        OwnChains.Apply(tables, new OwnChain(NetfilterFamily.Ipv4, "mangle", "DOCTOR", BaseChain.ManglePrerouting, [rule]));
    }

    private static Finding Try(Descriptor space, string name, string remedy, Action attempt)
    {
        try
        {
            NamespaceThread.Run(space, () =>
            {
                attempt();
                return 0;
            });
            return Finding.Ok(Part, name, "works");
        }
        catch (LinuxException e)
        {
            return Finding.Warning(Part, name, $"does not work: {e.Message}", remedy);
        }
    }

    private static Finding Tun(string node)
    {
        try
        {
            using var device = Descriptor.Open(node, O_RDWR);
            return Finding.Ok(Part, "tun", node);
        }
        catch (LinuxException e)
        {
            return Finding.Problem(
                Part, "tun", e.Message,
                e.Errno == ENOENT
                    ? $"Tinc, OpenVPN and EasyTier need it: mknod -m 600 {node} c 10 200, or start the container with --device /dev/net/tun"
                    : "Tinc, OpenVPN and EasyTier need it: load the module tun, and let the container have the device");
        }
    }

    private static Finding Cgroup(string mounts)
    {
        if (!File.Exists(mounts))
            return Finding.Warning(Part, "cgroup2", $"{mounts} is not there", "see that /proc is mounted");
        foreach (var line in File.ReadLines(mounts))
        {
            if (line.Split(' ') is [_, var folder, "cgroup2", var options, ..])
            {
                return options.Split(',').Contains("rw")
                    ? Finding.Ok(Part, "cgroup2", folder)
                    : Finding.Warning(Part, "cgroup2", $"{folder} is read-only", "without it there are no limits per service, and strays are found by their mark: mount it writable");
            }
        }
        return Finding.Warning(Part, "cgroup2", "not mounted", "without it there are no limits per service, and strays are found by their mark");
    }
}
