using System.Collections.Immutable;
using System.Net;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Reconcile;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;
using Meduza.Linux;
using Meduza.Linux.Files;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Names;

/// <summary>
/// Has dnsmasq ask those who answer at the moment, and this machine's programs ask dnsmasq while it is there. In a loop of its
/// own, since a program that dies or hangs waits for no commit. What is right is found on the disk each time; only whether
/// dnsmasq has read it nobody can tell, so an agent that finds it running tells it once.
/// </summary>
/// <param name="fallbacks">Resolvers elsewhere.</param>
/// <param name="triggers">Raised when there is something else to report.</param>
internal sealed partial class NameService(
    ImmutableArray<IPAddress> fallbacks, ServiceLink services, Triggers triggers, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// How long an agent that finds everything running leaves the servers as they are: what the one before knew of those who
    /// answer is in them, and this one has to ask first.
    /// </summary>
    private static readonly TimeSpan Acquaintance = TimeSpan.FromSeconds(0.5);

    private const int DnsPort = 53;

    /// <summary>How long one has to leave questions unanswered until it is called unhealthy: what is over by then was a hiccup.</summary>
    private static readonly TimeSpan Hiccup = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, AnswerProbe> _probes = new(StringComparer.Ordinal);

    /// <summary>Of the fallbacks, while one of them is asked first.</summary>
    private readonly Dictionary<IPAddress, AnswerProbe> _fallbackProbes = [];
    private long? _silentSince;
    private volatile Judged? _judged;

    /// <summary>What is known of the program that is healthy by its answers: there is one.</summary>
    private sealed record Judged(string Service, AgentWord Word);
    private readonly Triggers _wake = new();
    private readonly RetryDelay _retry = new(clock);
    private volatile NameUpstreams? _wanted;
    private volatile KeyFinding[] _problems = [];
    private long? _acquaintedSince;
    private bool _hasToldDnsmasq;

    /// <summary>What is wrong with those who should answer.</summary>
    public KeyFinding[] Problems => _problems;

    /// <summary>What is known of a service that is healthy by its answers; null of any other. For any thread.</summary>
    public AgentWord? WordOf(string service) => _judged is { } judged && judged.Service == service ? judged.Word : null;

    /// <summary>Whom dnsmasq is to ask, from now on; null while that is off, or not known yet.</summary>
    public void Want(NameUpstreams? wanted)
    {
        _wanted = wanted;
        _wake.Raise(Trigger.Observe);
    }

    /// <exception cref="ControlLostException">There is no PID 1 any more.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Sweep(ResolvConf.Path);
        Sweep(NameUpstreams.ServersPath);
        // Before PID 1's first word nobody knows whether dnsmasq runs.
        services.Heard += Wake;
        for (var wait = Timeout.InfiniteTimeSpan; ;)
        {
            await _wake.TakeAsync(wait, cancellation);
            wait = await LookAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        services.Heard -= Wake;
        foreach (var probe in _probes.Values.Concat(_fallbackProbes.Values))
            await probe.DisposeAsync();
        _wake.Dispose();
    }

    private void Wake() => _wake.Raise(Trigger.Observe);

    /// <returns>How long until it is to be done again though nothing happens.</returns>
    private async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        if (!services.HasHeard)
            return Timeout.InfiniteTimeSpan;
        var dnsmasq = services.Services.GetValueOrDefault(NameUpstreams.Service);
        var wanted = dnsmasq is null ? null : _wanted;
        var problems = new List<KeyFinding>();
        await FollowAsync(wanted);
        await FollowFallbacksAsync(wanted);
        var untilWord = Judge(wanted);
        var wait = wanted is null ? Timeout.InfiniteTimeSpan : UntilAcquainted(wanted);
        // Each by itself: where one cannot be written the other is right all the same.
        var isOwnRight = await TryAsync(problems, () =>
        {
            Put(ResolvConf.Path, ResolvConf.Text(dnsmasq?.State == ServiceStates.Ready, fallbacks));
            return Task.CompletedTask;
        });
        var areServersRight = wanted is null || wait != Timeout.InfiniteTimeSpan || await TryAsync(problems, () => PutServersAsync(wanted, cancellation));
        _retry.After(failed: !isOwnRight || !areServersRight);
        if (wait == Timeout.InfiniteTimeSpan)
            wait = _retry.Wait;
        // One that is only just there lost its servers with the last process, and reads them by itself.
        _hasToldDnsmasq |= dnsmasq is null;
        problems.AddRange((wanted?.Programs ?? []).Where(program => _probes[program.Service].IsHealthy == false).Select(program => new KeyFinding(
            program.Service, $"does not answer names at {program.Address}, so dnsmasq does not ask it until it does: see meduza logs {program.Service}")));
        problems.AddRange(_fallbackProbes.Where(pair => IsSilent(pair.Key)).Select(pair => new KeyFinding(
            NameUpstreams.Service, $"the resolver {pair.Key} of DNS_NAMESERVERS does not answer, so dnsmasq asks it last until it does: name another")));
        Tell([.. problems]);
        return untilWord != Timeout.InfiniteTimeSpan && (wait == Timeout.InfiniteTimeSpan || untilWord < wait) ? untilWord : wait;
    }

    private static async Task<bool> TryAsync(List<KeyFinding> problems, Func<Task> put)
    {
        try
        {
            await put();
            return true;
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            problems.Add(new("dnsmasq", $"{e.Message}: names may be asked of the wrong resolver until that is mended"));
            return false;
        }
    }

    /// <summary>Asks those who are ready, and nobody else.</summary>
    private async Task FollowAsync(NameUpstreams? wanted)
    {
        foreach (var program in wanted?.Programs ?? [])
            _probes.TryAdd(program.Service, new(ProbePace.Names, NameQuestion.OfLocalhost, Wake, clock));
        foreach (var (name, probe) in _probes)
        {
            var program = wanted?.Programs.FirstOrDefault(program => program.Service == name);
            // One that is unhealthy is asked on: its answers are how it is known that it is well again.
            var isThere = services.Services.TryGetValue(name, out var service) && service.State is ServiceStates.Ready or ServiceStates.Unhealthy;
            await probe.FollowAsync(program is not null && isThere ? service!.Pid : 0, program?.Address.ToString() ?? "");
        }
    }

    /// <summary>Asks the fallbacks, where there is a choice and dnsmasq asks one of them: they serve others, too, and are asked no more than that needs.</summary>
    private async Task FollowFallbacksAsync(NameUpstreams? wanted)
    {
        var areAsked = wanted is { Fallbacks.Length: > 1 } && !wanted.Programs.Any(IsAsked);
        foreach (var address in wanted?.Fallbacks ?? [])
            _fallbackProbes.TryAdd(address, new(ProbePace.Fallback, NameQuestion.OfLocalhost, Wake, clock));
        foreach (var (address, probe) in _fallbackProbes)
            await probe.FollowAsync(areAsked ? 1 : 0, new IPEndPoint(address, DnsPort).ToString());
    }

    private bool IsSilent(IPAddress fallback) => _fallbackProbes.GetValueOrDefault(fallback)?.IsHealthy == false;

    private TimeSpan UntilAcquainted(NameUpstreams wanted)
    {
        if (_hasToldDnsmasq || wanted.Programs.All(program => _probes[program.Service] is { Pid: 0 } or { IsHealthy: not null }))
            return Timeout.InfiniteTimeSpan;
        _acquaintedSince ??= clock.GetTimestamp();
        var left = Acquaintance - clock.GetElapsedTime(_acquaintedSince.Value);
        return left > TimeSpan.Zero ? left : Timeout.InfiniteTimeSpan;
    }

    private async Task PutServersAsync(NameUpstreams wanted, CancellationToken cancellation)
    {
        var servers = wanted.Servers(IsAsked, IsSilent);
        if (!Put(NameUpstreams.ServersPath, servers) && _hasToldDnsmasq)
            return;
        _hasToldDnsmasq = false;
        await services.ReloadAsync(NameUpstreams.Service, cancellation);
        _hasToldDnsmasq = true;
        LogServers(string.Join(", ", Encoding.UTF8.GetString(servers).Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Select(line => line["server=".Length..])));
    }

    private bool IsAsked(NameUpstream program) => _probes[program.Service].IsHealthy == true
        && (program.IsHealthyByAnswers || services.Services.TryGetValue(program.Service, out var service) && service.State == ServiceStates.Ready);

    /// <summary>Makes up the word about the program that is healthy by its answers.</summary>
    /// <returns>How long until there is another to be said though nothing happens.</returns>
    private TimeSpan Judge(NameUpstreams? wanted)
    {
        var program = wanted?.Programs.FirstOrDefault(program => program.IsHealthyByAnswers);
        var probe = program is null ? null : _probes[program.Service];
        _silentSince = probe?.IsHealthy == false ? _silentSince ?? clock.GetTimestamp() : null;
        var left = _silentSince is { } since ? Hiccup - clock.GetElapsedTime(since) : TimeSpan.Zero;
        if (left > TimeSpan.Zero)
            return left;
        var judged = probe?.IsHealthy is { } isHealthy ? new Judged(program!.Service, new(probe.Pid, isHealthy, $"an answer to names at {program.Address}")) : null;
        if (judged != _judged)
        {
            _judged = judged;
            triggers.Raise(Trigger.Report);
        }
        return Timeout.InfiniteTimeSpan;
    }

    private static bool Put(string path, byte[] content) => AtomicFile.WriteIfDifferent(path, content, Readable, uid: 0, gid: 0);

    private void Tell(KeyFinding[] problems)
    {
        if (problems.SequenceEqual(_problems))
            return;
        foreach (var problem in problems.Except(_problems))
            LogProblem(problem.Key, problem.Message);
        _problems = problems;
        triggers.Raise(Trigger.Report);
    }

    /// <summary>What an agent that was killed had not finished.</summary>
    private void Sweep(string path)
    {
        try
        {
            AtomicFile.RemoveUnfinished(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        }
        catch (IOException e)
        {
            LogProblem("dnsmasq", e.Message);
        }
    }

    [LoggerMessage(500, LogLevel.Information, "dnsmasq asks {Servers}")]
    private partial void LogServers(string servers);

    [LoggerMessage(501, LogLevel.Warning, "{Key}: {Problem}")]
    private partial void LogProblem(string key, string problem);
}
