using System.Net;
using Meduza.Linux;
using Meduza.Linux.Files;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Boot;

/// <summary>
/// What must be there before anything runs: file systems (only those missing), the loopback device, kernel settings, the
/// default route, folders. On a machine that lets PID 1 do less (a container with a read-only <c>/proc/sys</c>) each that fails is a
/// warning, and the gateway comes up with what there is.
/// </summary>
internal static class Ground
{
    private const string TunnelDevice = "/dev/net/tun";

    /// <summary>Where programs insist on writing, and Meduza itself. On a read-only root each becomes an overlay that is gone at the end.</summary>
    private static readonly string[] Written = ["/etc", "/var/lib", "/var/log", "/var/tmp"];

    /// <summary>What engines mount into a container, read-only together with its root, and which is the gateway's own all the same.</summary>
    private static readonly string[] Own = ["/etc/resolv.conf"];

    private const UnixFileMode ForAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const ulong NoSuid = 2;
    private const ulong NoDevices = 4;
    private const ulong NoExec = 8;

    private static readonly (string Source, string Target, string Type, ulong Flags, string Options)[] FileSystems =
    [
        ("proc", "/proc", "proc", NoSuid | NoDevices | NoExec, ""),
        ("sysfs", "/sys", "sysfs", NoSuid | NoDevices | NoExec, ""),
        ("devtmpfs", "/dev", "devtmpfs", NoSuid, "mode=755"),
        ("devpts", "/dev/pts", "devpts", NoSuid | NoExec, "gid=5,mode=620,ptmxmode=666"),
        ("tmpfs", "/dev/shm", "tmpfs", NoSuid | NoDevices, "mode=1777"),
        ("tmpfs", "/run", "tmpfs", NoSuid | NoDevices, "mode=755"),
        ("tmpfs", "/tmp", "tmpfs", NoSuid | NoDevices, "mode=1777"),
        ("cgroup2", "/sys/fs/cgroup", "cgroup2", NoSuid | NoDevices | NoExec, ""),
    ];

    /// <summary>What sysctl(8) would set: a gateway forwards, also packets that come back another way.</summary>
    public static IReadOnlyList<(string Key, string Value)> KernelSettings { get; } =
    [
        ("net.ipv4.ip_forward", "1"),
        ("net.ipv6.conf.all.forwarding", "1"),
        ("net.ipv4.conf.all.rp_filter", "0"),
        ("net.ipv4.conf.default.rp_filter", "0"),
    ];

    /// <summary>The one file system that is needed before all others: it tells what this process is.</summary>
    public static void MountProc(Action<string> warn)
    {
        var (source, target, type, flags, options) = FileSystems[0];
        Try(warn, () => Mounts.MountIfMissing(source, target, type, flags, options));
    }

    /// <summary>Mounts what is missing; for PID 1.</summary>
    /// <param name="warn">Told what could not be mounted.</param>
    public static void MountFileSystems(Action<string> warn)
    {
        foreach (var (source, target, type, flags, options) in FileSystems)
            Try(warn, () => Mounts.MountIfMissing(source, target, type, flags, options));
    }

    /// <summary>Lays all the rest of it.</summary>
    /// <param name="isMachine">True for PID 1. A supervisor that is somebody's child takes the machine as it finds it.</param>
    /// <param name="controlFolder">Folder of the control socket, for root alone.</param>
    /// <param name="logFolder">Folder of the log files.</param>
    /// <param name="warn">Told what could not be laid.</param>
    public static void Lay(bool isMachine, string controlFolder, string logFolder, Action<string> warn)
    {
        if (isMachine)
        {
            foreach (var missing in NeededCapabilities.MissingFrom(CapabilitySet.Own()))
                warn($"warning: {missing.Capability} is not PID 1's, and is needed for {missing.For}: {missing.Remedy}");
            Try(warn, () =>
            {
                using var routes = RouteSocket.Open();
                routes.SetLoopbackUp();
            });
            foreach (var (key, value) in KernelSettings)
                Try(warn, () => Sysctl.WriteIfDifferent(key, value), $"sysctl {key}={value}: ", $"; set it from outside (docker run --sysctl {key}={value})");
            Try(warn, SetDefaultRoute);
            Try(warn, ShareTunnelDevice);
        }
        Try(warn, () => Directory.CreateDirectory(controlFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        if (isMachine)
        {
            foreach (var folder in Written.Where(WritableOverlay.IsReadOnly))
                Try(warn, () => WritableOverlay.Lay(folder, $"{controlFolder}/overlay{folder}", Own), $"{folder} is read-only: ", "; let the container mount (CAP_SYS_ADMIN, no AppArmor profile that forbids it), or mount something there that can be written");
        }
        Try(warn, () => Directory.CreateDirectory(logFolder));
    }

    /// <summary>
    /// Daemons that make tunnels are not root, and the kernel makes the file of that device for root alone. udev gives it to
    /// all, since it is CAP_NET_ADMIN that makes a device through it; where no udev runs this does.
    /// </summary>
    private static void ShareTunnelDevice()
    {
        if (!File.Exists(TunnelDevice))
            throw new IOException($"{TunnelDevice} is not there, without which Tinc, OpenVPN and EasyTier make no device: load the module tun, or start the container with --device {TunnelDevice}");
        if ((File.GetUnixFileMode(TunnelDevice) & ForAll) != ForAll)
            File.SetUnixFileMode(TunnelDevice, ForAll);
    }

    /// <summary>Replaces the default route where <c>DEFAULT_GW</c> (an address) or <c>DEFAULT_GW_DEV</c> (a device) asks for another.</summary>
    private static void SetDefaultRoute()
    {
        var gateway = Environment.GetEnvironmentVariable("DEFAULT_GW") ?? "";
        var device = Environment.GetEnvironmentVariable("DEFAULT_GW_DEV") ?? "";
        if (gateway.Length == 0 && device.Length == 0)
            return;
        IPAddress? address = null;
        if (gateway.Length > 0 && !IPAddress.TryParse(gateway, out address))
            throw new IOException($"DEFAULT_GW is no address: {gateway}");
        using var routes = RouteSocket.Open();
        int? link = null;
        if (device.Length > 0)
            link = routes.GetLink(device)?.Index ?? throw new IOException($"DEFAULT_GW_DEV: there is no device {device}");
        routes.ReplaceDefaultRoute(address, link);
    }

    private static void Try(Action<string> warn, Action step, string what = "", string remedy = "")
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            warn($"warning: {what}{e.Message}{remedy}");
        }
    }
}
