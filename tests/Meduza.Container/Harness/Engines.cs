using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Container.Harness;

/// <summary>
/// The container engines that <c>./build.sh test</c> unpacks (build/engines.sh), with a network of the lab as their machine's and
/// storage in the lab's folder. They need no daemon and leave nothing: what they run is in the lab's network and goes with it.
/// </summary>
internal sealed class Engines : IDisposable
{
    // A root that is one, and no folder (chroot(2)): containers are entered by what their root is. The machine's own lies
    // below /outside. A stopped shell keeps the mounts.
    private const string KeepScript = """
        set -e
        mount --bind "$0" "$0"
        cd "$0"
        mount -t proc proc proc
        mount --rbind /dev dev
        mount -t sysfs sysfs sys
        mount -t cgroup2 cgroup2 sys/fs/cgroup
        for folder in run tmp var/tmp; do mount -t tmpfs tmpfs $folder; done
        mount --bind "$1" var/lib/containers
        mount -o remount,bind,ro "$0"
        pivot_root . outside
        echo ready
        kill -STOP $$
        """;

    private readonly RunningCommand _keeper;

    public Engines(LabNetwork lab, NetworkNamespace network)
    {
        ArgumentNullException.ThrowIfNull(lab);
        ArgumentNullException.ThrowIfNull(network);
        var storage = Directory.CreateDirectory($"{lab.Folder.Path}/containers").FullName;
        var command = network.Command("unshare", "--mount", "sh", "-c", KeepScript, Root, storage);
        _keeper = Command.Start(command[0], [.. command.Skip(1)]);
        lab.Folder.Own("engines", _keeper.Pid);
        _keeper.WaitForLine(line => line == "ready", Must.Patience);
    }

    /// <summary>The name in there of a file of this machine.</summary>
    public static string Outside(string path) => $"/outside{path}";

    /// <summary>Runs a program of theirs.</summary>
    /// <param name="environment">Beside this process's own.</param>
    public CommandResult Run(IReadOnlyList<string> command, params IReadOnlyList<string> environment) => Command.Run(
        "nsenter", ["-t", $"{_keeper.Pid}", "--mount", "--net", "--", .. command], Must.Patience, environment: [.. Spawn.OwnEnvironment(), .. environment]);

    /// <summary>Runs one that must succeed, and gives its standard output.</summary>
    public string MustRun(IReadOnlyList<string> command, params IReadOnlyList<string> environment)
    {
        var result = Run(command, environment);
        return result.ExitCode == 0 ? result.Output : throw Must.Failed(command, result);
    }

    /// <summary>Runs podman, without systemd and with no group of processes of its own.</summary>
    public CommandResult Podman(params IReadOnlyList<string> arguments) =>
        Run(["/usr/bin/podman", "--cgroup-manager=cgroupfs", "--storage-driver=vfs", "--log-level=error", .. arguments]);

    public void Dispose()
    {
        if (!_keeper.HasExited)
        {
            _keeper.Kill(9);
            _keeper.Wait(Must.Patience);
        }
        _keeper.Dispose();
    }

    private static string Root => Environment.GetEnvironmentVariable("MEDUZA_ENGINES") is { Length: > 0 } root
        ? root
        : throw new LabException("MEDUZA_ENGINES is not set: the engines are unpacked by ./build.sh test");
}
