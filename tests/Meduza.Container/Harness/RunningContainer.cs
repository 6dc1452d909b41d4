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
    private const string BeginScript = """
        for group in "$0" "$1"; do
            [ -z "$group" ] || echo $$ > "$group/cgroup.procs"
        done
        shift
        [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || { umount -l /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup; }
        exec crun "$@"
        """;

    private readonly string _state;
    private readonly LabFolder _folder;
    private readonly LabCgroup? _cgroup;
    private RunningCommand? _crun;

    private RunningContainer(LabFolder folder, ContainerSetup setup)
    {
        _folder = folder;
        GivenName = setup.Name;
        Name = $"{folder.Prefix}{setup.Name}";
        Bundle = $"{folder.Path}/{setup.Name}";
        _state = $"{folder.Path}/crun";
        BuiltImage.Ours.Unpack($"{Bundle}/rootfs");
        foreach (var file in RuntimeSpec.Made)
            File.WriteAllText($"{Bundle}/{file}", "");
        File.WriteAllText($"{Bundle}/config.json", RuntimeSpec.Of(BuiltImage.Ours.Config, setup, Bundle).ToJsonString());
        _cgroup = LabCgroup.TryCreate(Name);
        Memory = MemoryGroup.TryCreate(Name, _cgroup);
        if (Memory is null || setup.MemoryLimit is not { } limit)
            return;
        Memory.Limit = limit;
        // What was just written is in memory already, and would count for whoever wrote it.
        PageCache.Drop($"{Bundle}/rootfs");
    }

    public string Name { get; }

    /// <summary>As it was called in its setup.</summary>
    public string GivenName { get; }

    /// <summary>The folder with its root and its <c>config.json</c>.</summary>
    public string Bundle { get; }

    /// <summary>The pid of its PID 1 in this machine's pid namespace.</summary>
    public int HostPid { get; private set; }

    /// <summary>What all of it has in memory, crun included; null where this machine lets no group for that be made.</summary>
    public MemoryGroup? Memory { get; }

    /// <summary>Its root folder, seen from here: before its begin that of the bundle, then with all that is mounted in it.</summary>
    public string Root => HostPid == 0 ? $"{Bundle}/rootfs" : $"/proc/{HostPid}/root";

    /// <summary>What PID 1 said.</summary>
    public string Output => Crun.Text;

    private RunningCommand Crun => _crun ?? throw new LabException($"{Name} was not begun");

    /// <summary>Unpacks the image for it.</summary>
    public static RunningContainer Prepare(LabFolder folder, ContainerSetup setup) => new(folder, setup);

    /// <inheritdoc cref="Begin"/>
    public static RunningContainer Start(LabFolder folder, ContainerSetup setup)
    {
        var container = Prepare(folder, setup);
        try
        {
            container.Begin();
            return container;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <summary>Runs it; returns when PID 1 has said that it is there.</summary>
    /// <exception cref="TimeoutException">It did not; with what was said.</exception>
    public void Begin()
    {
        _crun = Command.Start("unshare", ["--mount", "sh", "-c", BeginScript, _cgroup?.Path ?? "", Memory?.Path ?? "", .. Arguments("run", "--bundle", Bundle, Name)]);
        _folder.Own($"{Path.GetFileName(Bundle)}-crun", _crun.Pid);
        _crun.WaitForLine(line => line.Contains("started as pid 1", StringComparison.Ordinal), Must.Patience);
        var state = JsonNode.Parse(Must.Run(["crun", .. Arguments("state", Name)]))!;
        HostPid = (int)state["pid"]!;
        _folder.Own(Path.GetFileName(Bundle), HostPid);
    }

    /// <summary>All of its processes, PID 1 first.</summary>
    public IReadOnlyList<SeenProcess> Processes()
    {
        var space = ProcessTable.NamespaceOf(HostPid, "pid");
        return [.. ProcessTable.Read().Where(process => process.PidNamespace == space).OrderBy(process => process.Pid)];
    }

    /// <summary>Runs a program in there.</summary>
    public CommandResult Run(params IReadOnlyList<string> command) => Command.Run("crun", Arguments(["exec", Name, .. command]), Must.Patience);

    /// <summary>Runs the operator's tool in there.</summary>
    public CommandResult Meduza(params IReadOnlyList<string> arguments) => Run(["/bin/meduza", .. arguments]);

    /// <summary>Waits for a line of PID 1's.</summary>
    public string WaitForOutput(Func<string, bool> wanted, TimeSpan timeout) => Crun.WaitForLine(wanted, timeout);

    /// <summary>Asks the image's own health check until it is content.</summary>
    /// <exception cref="LabException">It is not in time; with the status.</exception>
    public void WaitUntilHealthy(TimeSpan timeout)
    {
        var check = BuiltImage.Ours.Config["config"]!["Healthcheck"]!["Test"]!.AsArray().Select(word => (string)word!).Skip(1).ToList();
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (Run(check).ExitCode != 0)
        {
            if (Environment.TickCount64 > deadline || Crun.HasExited)
                throw new LabException($"{Name} is not healthy after {timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s\n{Meduza("status").Output}\n{Output}");
            Thread.Sleep(300);
        }
    }

    /// <summary>Sends the image's stop signal, as an engine does, and waits for the end.</summary>
    /// <returns>How crun ended: with PID 1's own code.</returns>
    public Exit Stop()
    {
        Must.Run(["crun", .. Arguments("kill", Name, (string)BuiltImage.Ours.Config["config"]!["StopSignal"]!)]);
        return Crun.Wait(TimeSpan.FromSeconds(35));
    }

    public void Dispose()
    {
        if (_crun is { HasExited: false })
        {
            // Before its PID 1 has a name there is only crun itself to end.
            Command.Run("crun", Arguments("delete", "--force", Name), Must.Patience);
            if (HostPid != 0)
                _crun.Wait(Must.Patience);
        }
        _crun?.Dispose();
        Memory?.Dispose();
        _cgroup?.Dispose();
    }

    private IReadOnlyList<string> Arguments(params IReadOnlyList<string> arguments) => ["--root", _state, "--cgroup-manager=disabled", .. arguments];
}
