using System.Globalization;
using Meduza.Gateway.Render;
using Meduza.Linux.Process;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>
/// A machine for the driven programs: namespaces of its own, with an /etc that nobody else sees, and empty /run, /etc/frr,
/// /etc/tinc and /etc/openvpn, in which a desired state is laid down and its services are started as they would be.
/// Disposing ends all. <c>MEDUZA_FRR_ROOT</c> names a folder with another distribution's FRR to be used instead of the
/// machine's own.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    private static readonly string Root = Environment.GetEnvironmentVariable("MEDUZA_FRR_ROOT") ?? "";

    /// <summary>The machine that the tests run on, as a renderer must know it.</summary>
    public static Machine Machine { get; } = new() { FrrHasMgmtd = File.Exists($"{Root}/usr/lib/frr/mgmtd") };

    private readonly RunningCommand _holder;
    private readonly Dictionary<string, RunningCommand> _services = [];

    public Sandbox()
    {
        _holder = Command.Start("unshare", ["-mnp", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", "sh", "-c", Setup]);
        _holder.WaitForLine(line => line == "ready", Patience);
    }

    // A pid namespace too: whatever a daemon forked goes with its end.
    private static readonly string Setup = $"""
        set -e
        mount -t tmpfs none /run
        mkdir /run/upper /run/work
        mount -t overlay none -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work /etc
        for d in /run /etc/frr /etc/tinc /etc/openvpn; do mkdir -p $d; mount -t tmpfs none $d; done
        id=880
        for user in {string.Join(' ', Machine.Users)}; do
            id=$((id + 1))
            if ! grep -q "^$user:" /etc/passwd; then
                echo "$user:x:$id:$id::/nonexistent:/usr/sbin/nologin" >> /etc/passwd
                echo "$user:x:$id:" >> /etc/group
            fi
        done
        if [ -n "{Root}" ]; then
            for d in /proc /dev /run /etc/frr; do mkdir -p {Root}$d; mount --rbind $d {Root}$d; done
            for f in /etc/passwd /etc/group; do mount --bind $f {Root}$f; done
        fi
        # For all, as PID 1 makes it.
        mknod -m 666 /run/tun c 10 200
        mount --bind /run/tun /dev/net/tun
        ip link set lo up
        echo ready
        exec sleep 1000000
        """;

    /// <summary>Runs a program inside to its end, and fails the test when it fails.</summary>
    public string Run(string program, params string[] arguments)
    {
        var result = TryRun(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}{result.Error}");
        return result.Output;
    }

    /// <summary>Asks FRR's daemons something by their shell.</summary>
    public string Vtysh(params string[] arguments) => Root.Length > 0 ? Run("chroot", [Root, "vtysh", .. arguments]) : Run("vtysh", arguments);

    public CommandResult TryRun(string program, params string[] arguments) =>
        Command.Run("nsenter", [.. Enter, program, .. arguments], Patience);

    public RunningCommand Start(string program, params string[] arguments) => Command.Start("nsenter", [.. Enter, program, .. arguments]);

    /// <summary>Writes folders and files with their modes and owners.</summary>
    public void LayDown(DesiredState state)
    {
        foreach (var folder in state.Folders)
        {
            Run("mkdir", "-p", folder.Path);
            Own(folder.Path, folder.Mode, folder.Owner);
        }
        foreach (var file in state.Files)
        {
            File.WriteAllBytes(HostPath(file.Path), file.Content.Span);
            Own(file.Path, file.Mode, file.Owner);
        }
    }

    /// <summary>Joins this machine with another one by a cable; each end is up and has its address.</summary>
    public void Connect(string device, string address, Sandbox other, string otherDevice, string otherAddress)
    {
        var result = Command.Run("ip", ["link", "add", device, "netns", InnerPid, "type", "veth", "peer", "name", otherDevice, "netns", other.InnerPid], Patience);
        Assert.True(result.ExitCode == 0, result.Error);
        foreach (var (machine, name, own) in ((Sandbox, string, string)[])[(this, device, address), (other, otherDevice, otherAddress)])
        {
            machine.Run("ip", "address", "add", own, "dev", name);
            machine.Run("ip", "link", "set", name, "up");
        }
    }

    /// <summary>Does what the agent does for devices that appeared.</summary>
    public void SetLinks(DesiredState state)
    {
        foreach (var link in state.Links)
        {
            foreach (var address in link.Addresses)
                Run("ip", "address", "add", address.ToString(), "dev", link.Name);
            Run("ip", "link", "set", link.Name, "up");
        }
    }

    /// <summary>Starts the state's services in order, each when the one before it is ready.</summary>
    public void StartServices(DesiredState state)
    {
        foreach (var service in state.Services)
            StartService(service);
    }

    public RunningCommand StartService(ServiceDefinition definition)
    {
        // Another distribution's FRR starts as root and takes its user by itself: there is no setpriv(1) in its folder.
        string[] command = definition.Component == "frr" && Root.Length > 0
            ? ["chroot", Root, .. definition.Command]
            : [.. Identity(definition.Privileges), .. definition.Command];
        var service = Start(command[0], command[1..]);
        _services[definition.Name] = service;
        Eventually(() => IsReady(definition.Readiness), () => $"{definition.Name} is not ready\n{service.Text}");
        return service;
    }

    /// <summary>Sends a signal to a service itself (what was started is nsenter, which became it, or its child).</summary>
    public void Signal(string name, int signal)
    {
        var children = $"/proc/{_services[name].Pid}/task/{_services[name].Pid}/children";
        var pid = File.ReadAllText(children).Trim() is { Length: > 0 } child ? int.Parse(child, CultureInfo.InvariantCulture) : _services[name].Pid;
        Assert.True(Meduza.Linux.Process.Signals.Send(pid, signal), $"{name} is not there");
    }

    public RunningCommand Service(string name) => _services[name];

    /// <summary>The path by which a file inside is reached from outside.</summary>
    public string HostPath(string path) => $"/proc/{InnerPid}/root{path}";

    /// <summary>Waits until something holds; the message tells what did not.</summary>
    public static void Eventually(Func<bool> condition, Func<string> otherwise)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, otherwise());
            Thread.Sleep(20);
        }
    }

    public void Dispose()
    {
        foreach (var service in _services.Values)
            service.Dispose();
        _holder.Dispose();
    }

    private bool IsReady(Readiness readiness) => readiness.Kind switch
    {
        ReadinessKind.Started => true,
        ReadinessKind.Device => TryRun("ip", "link", "show", readiness.Target).ExitCode == 0,
        ReadinessKind.File => TryRun("test", "-e", readiness.Target).ExitCode == 0,
        ReadinessKind.UnixSocket => TryRun("test", "-S", readiness.Target).ExitCode == 0,
        // What the agent would look at is a socket by its path, or a port.
        ReadinessKind.Agent when readiness.Target.StartsWith('/') => TryRun("test", "-S", readiness.Target).ExitCode == 0,
        ReadinessKind.BoundUdpPort => TryRun("ss", "-Hlun", "sport", "=", $":{readiness.Target.Split(':')[1]}").Output.Length > 0,
        ReadinessKind.TcpPort or ReadinessKind.BoundTcpPort or ReadinessKind.Agent => TryRun("ss", "-Hltn", "sport", "=", $":{readiness.Target.Split(':')[1]}").Output.Length > 0,
        _ => throw new ArgumentOutOfRangeException(nameof(readiness)),
    };

    private void Own(string path, UnixFileMode mode, string? owner)
    {
        Run("chmod", Convert.ToString((int)mode, 8), path);
        if (owner is not null)
            Run("chown", $"{owner}:", path);
    }

    /// <summary>What gives a program by setpriv(1) what the exec stage would.</summary>
    private IEnumerable<string> Identity(Privileges privileges)
    {
        if (privileges.Capabilities is not { } named)
            return [];
        var capabilities = string.Concat(named.Select(name => $",+{name["CAP_".Length..].ToLowerInvariant()}"));
        if (privileges.User is { } user)
            return ["setpriv", "--reuid", user, "--regid", Run("id", "-g", user).Trim(), "--init-groups", "--inh-caps", $"-all{capabilities}", "--ambient-caps", $"-all{capabilities}", .. Bounds()];
        return ["setpriv", "--inh-caps", "-all", .. Bounds()];

        string[] Bounds() => ["--bounding-set", $"-all{capabilities}", .. privileges.NoNewPrivileges ? (string[])["--no-new-privs"] : [], "--"];
    }

    private string[] Enter => ["-t", InnerPid, "-m", "-n", "-p", "--"];

    private string InnerPid => _inner ??= File.ReadAllText($"/proc/{_holder.Pid}/task/{_holder.Pid}/children").Trim().Split(' ')[0]
        .ToString(CultureInfo.InvariantCulture);

    private string? _inner;
}
