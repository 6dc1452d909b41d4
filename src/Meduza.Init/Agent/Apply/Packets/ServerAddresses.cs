using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Agent.Apply.Packets;

/// <summary>
/// The addresses of the proxy's servers. Names are looked up, and what providers gave is read, in a loop of its own: a name that
/// nobody answers for holds up neither a commit nor another name.
/// </summary>
/// <param name="triggers">Raised when an address came or went.</param>
/// <param name="resolve">Looks a name up.</param>
/// <param name="warn">Told why changes of files are not told, in one line.</param>
internal sealed class ServerAddresses(
    Triggers triggers, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> resolve, Action<string> warn) : IDisposable
{
    /// <summary>How long an answer is good. The one before it stays as long again: a connection may go on to where it began.</summary>
    public static readonly TimeSpan NameInterval = TimeSpan.FromMinutes(5);

    /// <summary>From a failed look-up to the next, and from one look at files to the next where their changes are not told.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    /// <summary>How soon after one look at a provider's file the next one may be.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private const int AtOnce = 16, MostAddresses = 8192, LongestFile = 16 << 20;

    private readonly Triggers _wake = new();
    private readonly Dictionary<string, Name> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Provided> _files = new(StringComparer.Ordinal);
    private volatile ProxyServers _wanted = ProxyServers.None;
    private volatile Known _known = Known.Nothing;

    /// <param name="Addresses">IPv4, each once.</param>
    /// <param name="IsWhole">False while some names have not been looked up for the first time.</param>
    internal sealed record Known(IReadOnlyCollection<IPAddress> Addresses, bool IsWhole)
    {
        public static Known Nothing { get; } = new([], false);
    }

    /// <summary>A provider's file, as it was read.</summary>
    private sealed record Provided(DateTime Written, ulong Length, ImmutableArray<string> Hosts);

    private sealed class Name
    {
        public IPAddress[] Now { get; set; } = [];
        public IPAddress[] Before { get; set; } = [];
        public long? AskedAt { get; set; }
        public bool HasFailed { get; set; }
    }

    /// <summary>For any thread.</summary>
    public Known Current => _known;

    /// <summary>Whose addresses are wanted from now on. For any thread.</summary>
    public void Want(ProxyServers wanted)
    {
        if (ReferenceEquals(wanted, _wanted) || wanted.Hosts.SequenceEqual(_wanted.Hosts) && wanted.ProviderFiles.SequenceEqual(_wanted.ProviderFiles))
            return;
        _wanted = wanted;
        // Of the others nothing is known: what an earlier agent knew of them may be in the set.
        _known = _known with { IsWhole = false };
        _wake.Raise(Trigger.Observe);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var changed = new PacedTrigger(_wake, Trigger.Observe, Pause, clock);
        using var watch = new ProviderWatch(changed.Wish, warn);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] tasks = [changed.RunAsync(life.Token), LoopAsync(watch, life.Token)];
        var ended = await Task.WhenAny(tasks);
        await life.CancelAsync();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    private async Task LoopAsync(ProviderWatch watch, CancellationToken cancellation)
    {
        while (true)
        {
            // Before they are read: what is done after that is told.
            var isTold = watch.Follow(_wanted.ProviderFiles);
            await LookAsync(cancellation);
            await _wake.TakeAsync(isTold ? UntilDue : RetryInterval, cancellation);
        }
    }

    /// <summary>How long until a name is to be looked up again; infinite where there is none.</summary>
    private TimeSpan UntilDue
    {
        get
        {
            var until = Timeout.InfiniteTimeSpan;
            foreach (var name in _names.Values)
            {
                var wait = WaitOf(name);
                if (until == Timeout.InfiniteTimeSpan || wait < until)
                    until = wait;
            }
            return until;
        }
    }

    private TimeSpan WaitOf(Name name)
    {
        if (name.AskedAt is not { } at)
            return TimeSpan.Zero;
        var wait = (name.HasFailed ? RetryInterval : NameInterval) - clock.GetElapsedTime(at);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>Looks at files, and looks up the names that are due.</summary>
    internal async Task LookAsync(CancellationToken cancellation)
    {
        var wanted = _wanted;
        HashSet<string> hosts = new(wanted.Hosts, StringComparer.OrdinalIgnoreCase);
        foreach (var path in wanted.ProviderFiles)
            hosts.UnionWith(HostsIn(path));
        List<IPAddress> literals = [];
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                literals.Add(address);
            else
                _names.TryAdd(host, new());
        }
        foreach (var gone in _names.Keys.Where(name => !hosts.Contains(name)).ToList())
            _names.Remove(gone);
        foreach (var gone in _files.Keys.Where(path => !wanted.ProviderFiles.Contains(path)).ToList())
            _files.Remove(gone);
        Show(wanted, literals);
        List<Task> asked = [];
        foreach (var (host, name) in _names)
        {
            if (WaitOf(name) > TimeSpan.Zero)
                continue;
            asked.Add(LookUpAsync(host, name, cancellation));
            if (asked.Count < AtOnce)
                continue;
            await Task.WhenAll(asked);
            asked.Clear();
            Show(wanted, literals);
        }
        await Task.WhenAll(asked);
        Show(wanted, literals);
    }

    private async Task LookUpAsync(string host, Name name, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var answer = await resolve(host, limit.Token).WaitAsync(limit.Token);
            (name.Before, name.Now, name.HasFailed) = (name.Now, answer, false);
        }
        catch (Exception e) when (e is SocketException or ArgumentException || e is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            // What was known stays.
            name.HasFailed = true;
        }
        name.AskedAt = clock.GetTimestamp();
    }

    private void Show(ProxyServers wanted, List<IPAddress> literals)
    {
        HashSet<IPAddress> addresses = [];
        var isWhole = ReferenceEquals(wanted, _wanted);
        Add(addresses, literals);
        foreach (var name in _names.Values)
        {
            Add(addresses, name.Now);
            Add(addresses, name.Before);
            isWhole &= name.AskedAt is not null;
        }
        if (isWhole == _known.IsWhole && addresses.SetEquals(_known.Addresses))
            return;
        _known = new(addresses, isWhole);
        triggers.Raise(Trigger.Kernel);
    }

    private static void Add(HashSet<IPAddress> addresses, IEnumerable<IPAddress> more)
    {
        foreach (var address in more)
        {
            if (address.AddressFamily == AddressFamily.InterNetwork && !address.Equals(IPAddress.Any) && addresses.Count < MostAddresses)
                addresses.Add(address);
        }
    }

    /// <summary>The servers that a provider gave; read again when the file is another.</summary>
    private ImmutableArray<string> HostsIn(string path)
    {
        try
        {
            // mihomo's folder is mihomo's own: what lies there may be a link, or a pipe that nobody ever writes into.
            using var file = Descriptor.Open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
            var status = FileStatus.Of(file, path);
            if (status.Kind != FileKind.Regular || status.Length > LongestFile)
                return [];
            var written = File.GetLastWriteTimeUtc(path);
            if (!_files.TryGetValue(path, out var seen) || seen.Written != written || seen.Length != status.Length)
                _files[path] = seen = new(written, status.Length, ProxyServers.In(DescriptorIO.ReadFromStart(file, path, LongestFile)));
            return seen.Hosts;
        }
        catch (LinuxException)
        {
            // Not there yet, or not any more.
            return [];
        }
    }
}
