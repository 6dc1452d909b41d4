using System.Globalization;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Container.Harness;

/// <summary>A container of the image, run by crun: what podman and Kubernetes run containers by.</summary>
public sealed class RunningContainer : IDisposable
{
    // On a machine with control groups of the first kind beside those of the second, crun refuses to begin; what it finds
    // in a mount namespace of its own are the second kind alone. It makes no group: the container has the one of the lab's
    // that it is begun in, as the root of its namespace.
    private const string Begin = """
        [ -z "$0" ] || echo $$ > "$0/cgroup.procs"
        [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || { umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup; }
        exec crun "$@"
        """;

    private readonly string _state;
    private readonly LabCgroup? _cgroup;
    private readonly RunningCommand _crun;

    private RunningContainer(LabFolder folder, ContainerSetup setup)
    {
        Name = $"{folder.Prefix}{setup.Name}";
        Bundle = $"{folder.Path}/{setup.Name}";
        _state = $"{folder.Path}/crun";
        BuiltImage.Ours.Unpack($"{Bundle}/rootfs");
        File.WriteAllText($"{Bundle}/config.json", RuntimeSpec.Of(BuiltImage.Ours.Config, setup).ToJsonString());
        _cgroup = LabCgroup.TryCreate(Name);
        _crun = Command.Start("unshare", ["--mount", "sh", "-c", Begin, _cgroup?.Path ?? "", .. Crun("run", "--bundle", Bundle, Name)]);
        folder.Own($"{setup.Name}-crun", _crun.Pid);
        try
        {
            _crun.WaitForLine(line => line.Contains("started as pid 1", StringComparison.Ordinal), Must.Patience);
            var state = JsonNode.Parse(Must.Run(["crun", .. Crun("state", Name)]))!;
            HostPid = (int)state["pid"]!;
            folder.Own(setup.Name, HostPid);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    /// <summary>The folder with its root and its <c>config.json</c>.</summary>
    public string Bundle { get; }

    /// <summary>The pid of its PID 1 in this machine's pid namespace.</summary>
    public int HostPid { get; private set; }

    /// <summary>What PID 1 said.</summary>
    public string Output => _crun.Text;

    /// <exception cref="TimeoutException">It did not begin; with what was said.</exception>
    public static RunningContainer Start(LabFolder folder, ContainerSetup setup) => new(folder, setup);

    /// <summary>Runs a program in there.</summary>
    public CommandResult Run(params IReadOnlyList<string> command) => Command.Run("crun", Crun(["exec", Name, .. command]), Must.Patience);

    /// <summary>Runs the operator's tool in there.</summary>
    public CommandResult Meduza(params IReadOnlyList<string> arguments) => Run(["/bin/meduza", .. arguments]);

    /// <summary>Waits for a line of PID 1's.</summary>
    public string WaitForOutput(Func<string, bool> wanted, TimeSpan timeout) => _crun.WaitForLine(wanted, timeout);

    /// <summary>Asks the image's own health check until it is content.</summary>
    /// <exception cref="LabException">It is not in time; with the status.</exception>
    public void WaitUntilHealthy(TimeSpan timeout)
    {
        var check = BuiltImage.Ours.Config["config"]!["Healthcheck"]!["Test"]!.AsArray().Select(word => (string)word!).Skip(1).ToList();
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (Run(check).ExitCode != 0)
        {
            if (Environment.TickCount64 > deadline || _crun.HasExited)
                throw new LabException($"{Name} is not healthy after {timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s\n{Meduza("status").Output}\n{Output}");
            Thread.Sleep(300);
        }
    }

    /// <summary>Sends the image's stop signal, as an engine does, and waits for the end.</summary>
    /// <returns>How crun ended: with PID 1's own code.</returns>
    public Exit Stop()
    {
        Must.Run(["crun", .. Crun("kill", Name, (string)BuiltImage.Ours.Config["config"]!["StopSignal"]!)]);
        return _crun.Wait(TimeSpan.FromSeconds(35));
    }

    public void Dispose()
    {
        if (!_crun.HasExited && HostPid != 0)
        {
            Command.Run("crun", Crun("delete", "--force", Name), Must.Patience);
            _crun.Wait(Must.Patience);
        }
        _crun.Dispose();
        _cgroup?.Dispose();
    }

    private IReadOnlyList<string> Crun(params IReadOnlyList<string> arguments) => ["--root", _state, "--cgroup-manager=disabled", .. arguments];
}
