using System.Globalization;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>What a <see cref="PidOne"/> starts with.</summary>
public sealed record PidOneOptions
{
    public string Name { get; init; } = "init";

    /// <summary>All of its environment, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>What becomes PID 1: the binary under test lies at <see cref="PidOne.Program"/>, and every program of this machine where it is here.</summary>
    public IReadOnlyList<string> Command { get; init; } = [PidOne.Program];

    /// <summary>Null is a new one with nothing in it but a <c>lo</c> that is down.</summary>
    public NetworkNamespace? Network { get; init; }

    /// <summary>A folder out here that it has as <c>/data</c>, and that outlives it; null is none.</summary>
    public string? Data { get; init; }

    /// <summary>Programs from out here, by the name that they have in its <c>/usr/bin</c>.</summary>
    public IReadOnlyDictionary<string, string> Programs { get; init; } = new Dictionary<string, string>();

    /// <summary>Shell commands run in the new root just before the program; there is no <c>/proc</c> yet.</summary>
    public string Prepare { get; init; } = "";
}

/// <summary>
/// The binary under test as PID 1 of a machine of its own, see <c>pid-one.sh</c>: namespaces of every kind but the user
/// one, a root on an overlay over this machine's, and nothing mounted in it but <c>/dev</c>.
/// </summary>
public sealed class PidOne : IDisposable
{
    public const string Program = "/usr/bin/meduza-init";

    private readonly LabFolder _folder;
    private readonly bool _ownsFolder;
    private readonly LabCgroup? _cgroup;
    private readonly RunningCommand _unshare;
    private readonly Lock _gate = new();
    private bool _disposed;

    private PidOne(LabFolder folder, bool ownsFolder, PidOneOptions options)
    {
        (_folder, _ownsFolder, Name) = (folder, ownsFolder, options.Name);
        OutputPath = $"{folder.Path}/{Name}.out";
        var mountPoint = $"{folder.Path}/{Name}";
        Directory.CreateDirectory(mountPoint);
        File.WriteAllBytes(OutputPath, []);
        _cgroup = LabCgroup.TryCreate(folder.Prefix + Name);
        _unshare = Command.Start(
            "sh",
            [Path.Combine(AppContext.BaseDirectory, "pid-one.sh"), "outside", .. options.Environment, .. options.Command],
            [
                .. Spawn.OwnEnvironment(),
                $"LAB_FOLDER={mountPoint}", $"LAB_HOSTNAME={Name}", $"LAB_OUTPUT={OutputPath}", $"LAB_BINARY={Binary.Path}",
                $"LAB_NETNS={options.Network?.Handle}", $"LAB_CGROUP={_cgroup?.Path}", $"LAB_PREPARE={options.Prepare}", $"LAB_DATA={options.Data}",
                $"LAB_PROGRAMS={string.Join('\n', options.Programs.Select(program => $"{program.Key}={program.Value}"))}",
            ]);
        try
        {
            folder.Own(Name + "-outer", _unshare.Pid);
            var line = _unshare.WaitForLine(l => l.StartsWith("pid ", StringComparison.Ordinal), Must.Patience);
            HostPid = int.Parse(line[4..], CultureInfo.InvariantCulture);
            folder.Own(Name, HostPid);
            PidNamespace = ProcessTable.NamespaceOf(HostPid, "pid");
        }
        catch (TimeoutException e)
        {
            var said = _unshare.Text;
            Dispose();
            throw new LabException($"{Name} could not be started: {said}", e);
        }
    }

    public string Name { get; }

    /// <summary>The pid of its PID 1 in this machine's pid namespace.</summary>
    public int HostPid { get; }

    /// <summary>Inode of its pid namespace.</summary>
    public ulong PidNamespace { get; }

    /// <summary>Its group in the unified hierarchy; null where that cannot be written.</summary>
    public string? CgroupPath => _cgroup?.Path;

    /// <summary>File with what PID 1 wrote to its standard output and error.</summary>
    public string OutputPath { get; }

    public string Output => File.ReadAllText(OutputPath);

    /// <summary>Its root folder, seen from here; gone when PID 1 is.</summary>
    public string Root => $"/proc/{HostPid}/root";

    public string ControlSocket => $"{Root}/run/meduza/control.sock";

    /// <summary>True once PID 1 ended, and with it all that was in its namespace.</summary>
    public bool HasExited => _unshare.HasExited;

    /// <summary>A machine without etcd and without network.</summary>
    public static PidOne Start(PidOneOptions? options = null)
    {
        var alone = new PidOne(LabFolder.Create(), ownsFolder: true, options ?? new());
        Live.Add(alone);
        return alone;
    }

    /// <summary>A machine in a lab.</summary>
    internal static PidOne Start(LabFolder folder, PidOneOptions options) => new(folder, ownsFolder: false, options);

    /// <summary>The command line that runs a program in there, with a root login's PATH and nothing else of ours.</summary>
    public IReadOnlyList<string> Inside(params IReadOnlyList<string> command) =>
    [
        "nsenter", "-t", HostPid.ToString(CultureInfo.InvariantCulture), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup",
        "--", "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", .. command,
    ];

    /// <summary>Runs a program in there to its end.</summary>
    public CommandResult Run(params IReadOnlyList<string> command) =>
        Command.Run("nsenter", [.. Inside(command).Skip(1)], Must.Patience);

    /// <summary>Starts a program in there that goes on running.</summary>
    public RunningCommand StartInside(params IReadOnlyList<string> command) =>
        Command.Start("nsenter", [.. Inside(command).Skip(1)]);

    /// <summary>Runs the operator's tool in there: <c>Meduza("status", "--json")</c>.</summary>
    public CommandResult Meduza(params IReadOnlyList<string> arguments) => Run(["/usr/bin/meduza", .. arguments]);

    /// <summary>All processes of its pid namespace, PID 1 and zombies included.</summary>
    public IReadOnlyList<SeenProcess> Processes() => [.. ProcessTable.Read().Where(p => p.PidNamespace == PidNamespace)];

    /// <summary>Waits until PID 1 has written a line that fits.</summary>
    /// <exception cref="LabException">It did not, or ended.</exception>
    public string WaitForOutput(Func<string, bool> wanted, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var deadline = Environment.TickCount64 + (long)(timeout ?? Must.Patience).TotalMilliseconds;
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(OutputPath)!, Path.GetFileName(OutputPath));
        while (true)
        {
            var ended = HasExited;
            if (Output.Split('\n').FirstOrDefault(wanted) is { } line)
                return line;
            var left = deadline - Environment.TickCount64;
            if (ended || left <= 0)
                throw new LabException($"{Name}: the awaited line did not come\n{Output}");
            watcher.WaitForChanged(WatcherChangeTypes.Changed, (int)Math.Min(left, 250));
        }
    }

    /// <summary>Waits for something that sends no event; looks again every few milliseconds.</summary>
    /// <param name="so">What must become true.</param>
    /// <param name="what">The same in words, for the failure.</param>
    /// <exception cref="LabException">It did not.</exception>
    public void WaitUntil(Func<bool> so, string what, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(so);
        var deadline = Environment.TickCount64 + (long)(timeout ?? Must.Patience).TotalMilliseconds;
        while (!so())
        {
            if (HasExited || Environment.TickCount64 > deadline)
                throw new LabException($"{Name}: not so: {what}\n{Output}");
            Thread.Sleep(10);
        }
    }

    /// <summary>Waits for something to be there, see <see cref="WaitUntil"/>.</summary>
    public T WaitFor<T>(Func<T?> find, string what, TimeSpan? timeout = null) where T : class
    {
        T? found = null;
        WaitUntil(() => (found = find()) is not null, what, timeout);
        return found!;
    }

    /// <summary>Sends PID 1 a signal.</summary>
    public void Signal(int number) => Signals.Send(HostPid, number);

    /// <summary>SIGTERM, then waits for the end.</summary>
    /// <returns>How PID 1 ended.</returns>
    /// <exception cref="LabException">It still runs after <paramref name="timeout"/> (35 s: it promises 30).</exception>
    public Exit Stop(TimeSpan? timeout = null)
    {
        Signal(15);
        try
        {
            return _unshare.Wait(timeout ?? TimeSpan.FromSeconds(35));
        }
        catch (TimeoutException e)
        {
            throw new LabException($"{Name} did not stop\n{string.Join('\n', Processes())}\n{Output}", e);
        }
    }

    /// <summary>Waits for the end without asking for it.</summary>
    public Exit Wait(TimeSpan timeout) => _unshare.Wait(timeout);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            // The kernel kills a pid namespace with its PID 1, and unshare ends when that is done.
            if (!_unshare.HasExited && HostPid != 0)
            {
                Signal(9);
                _unshare.Wait(Must.Patience);
            }
            _unshare.Dispose();
            _cgroup?.Dispose();
            if (_ownsFolder)
                _folder.Dispose();
            Live.Remove(this);
        }
    }
}
