using System.Runtime.InteropServices;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Init.Agent.Metrics;
using Meduza.Init.Agent.Names;
using Meduza.Init.Agent.Preflights;
using Meduza.Init.Agent.Reconcile;
using Meduza.Init.Agent.Status;
using Meduza.Init.Agent.Store;
using Meduza.Init.Control;
using Meduza.Init.Logging;
using Meduza.Linux;
using Meduza.Linux.Files;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Process;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Meduza.Init.Agent;

/// <summary>
/// <c>meduza-init agent</c>: the child of PID 1 that talks to etcd and makes the machine what its keys say. It may die at any
/// instant; PID 1 starts another one, which finds everything as this one left it.
/// </summary>
internal static partial class AgentProgram
{
    /// <summary>Runs until SIGTERM, or until PID 1's control socket closes.</summary>
    /// <returns>The exit status: 0 when it was asked to stop.</returns>
    public static int Run()
    {
        using var output = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var log = new LineLogger(output, LogLevel.Information);

        var settings = NodeSettings.Parse(Environment.GetEnvironmentVariable, out var errors);
        if (settings is null)
        {
            foreach (var error in errors)
                LogSetting(log, error);
            return 1;
        }

        using var stop = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        try
        {
            RunAsync(settings, log, stop.Token).GetAwaiter().GetResult();
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is ControlLostException or System.Net.Sockets.SocketException)
        {
            LogEnded(log, e.Message);
            return 1;
        }
        catch (Exception e)
        {
            // A fault of ours, or a kernel without what every gateway needs. PID 1 starts another agent; nobody is helped by a trace.
            LogEnded(log, $"{e.GetType().Name}: {e.Message}");
            return 1;
        }
    }

    private static async Task RunAsync(NodeSettings settings, ILogger log, CancellationToken cancellation)
    {
        MakeHostsFile(log);

        var clock = TimeProvider.System;
        using var triggers = new Triggers();
        await using var services = await ServiceLink.ConnectAsync(ControlSocket.Path, cancellation);
        var kept = new SnapshotFolder(SnapshotFolder.DefaultPath);
        await FirstNames.StartAsync(settings, services, kept, log, cancellation);
        using var monitor = RouteMonitor.Open(RouteTopics.Links | RouteTopics.Addresses | RouteTopics.Rules);
        using var folders = FileWatch.TryOpen(log);
        using var here = MachineAccess.Open(
            settings, services.Services, triggers, clock, folders, problem => LogSetting(log, problem), cancellation);
        if (!here.Machine.WireGuardInKernel)
            LogFallback(log, KernelFeatures.NoWireGuard);
        if (KernelFeatures.PacketProblem() is { } noPackets)
            LogLack(log, noPackets);
        var book = new StatusBook(settings.NodeId, clock);
        using var publisher = new StatusPublisher(book);
        await using var openVpn = new OpenVpnStates(folders, triggers, clock);
        MihomoApi? mihomoApi = null;
        await using var mihomo = new AnswerProbe(
            ProbePace.Api, address => new MihomoQuestion(address, () => Volatile.Read(ref mihomoApi)), () => triggers.Raise(Trigger.Report), clock);
        await using var daemons = new DaemonAnswers(() => triggers.Raise(Trigger.Report), clock);
        await using var names = new NameService(settings.Nameservers, services, triggers, clock, log);
        var words = new AgentWords(openVpn, mihomo, daemons, api => Volatile.Write(ref mihomoApi, api), names.WordOf);
        var store = new EtcdStore(
            settings, triggers, [new OnlineLease(settings, clock, cancellation), publisher], clock, log);
        var transfers = new Transfers(triggers, clock);
        var reporter = new Reporter(
            settings, book, publisher, openVpn, words, new WireGuardStates(here.WireGuard, clock, settings.WireGuardStatusInterval), here.HealthPort, transfers, services, clock);
        using var stage = new StagedSpawn();
        var candidates = new CandidateFolder(CandidateFolder.DefaultRoot, here.Accounts);
        candidates.Clear();
        var preflight = new PreflightCheck(
            candidates, here.Files, (program, stop) => StagedCommand.RunAsync(stage, program, PreflightCheck.Timeout, PreflightCheck.LongestOutput, stop));
        var boot = ConfirmPolicy.ReadBoot();
        var proxy = new DownloadProxy(settings.DownloadProxy, services.Services);
        var texts = new SubscriptionSource(new DownloadFolder(SubscriptionKeeper.DefaultPath), SubscriptionSource.GetAsync, clock);
        using var subscriptions = Keeper(SubscriptionKeeper.Kind, texts);
        using var ruleFiles = Keeper(NodeDownloads.RuleFile, new FileSource(new KeptFiles(NodeDownloads.RuleFilesPath, boot), FetchLimits.File, RuleFileCheck.Problem, proxy.Find, clock));
        using var geodata = Keeper(NodeDownloads.GeographicalData, new FileSource(new KeptFiles(NodeDownloads.GeodataPath, boot), FetchLimits.File, GeodataCheck.Problem, proxy.Find, clock));
        var downloads = new NodeDownloads(new SubscriptionKeeper(subscriptions, texts, log), ruleFiles, geodata);
        var metrics = settings.Metrics.Endpoint is { } endpoint
            ? new MetricsServer(endpoint, new MetricsSource(settings, services, reporter, downloads, clock).Read, triggers, clock, log)
            : null;
        if (settings.Metrics.Problem is { } wrong)
            LogSetting(log, $"{MetricsListen.Variable}: {wrong}");
        reporter.MetricsProblem = () => metrics is null ? settings.Metrics.Problem : metrics.Problem;
        var reconciler = new Reconciler(
            settings, here.Machine, store, downloads, proxy, names, here.ProxyAddresses, services, preflight, here.Observer,
            new Applier(services, here, log),
            new LastGood(kept, () => triggers.Raise(Trigger.Report), clock, log), new ConfirmPolicy(clock, boot), reporter, words, triggers, clock,
            log);

        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> tasks =
        [
            services.RunAsync(triggers, life.Token),
            store.RunAsync(life.Token),
            reconciler.RunAsync(life.Token),
            downloads.RunAsync(life.Token),
            names.RunAsync(life.Token),
            here.ProxyAddresses.RunAsync(life.Token),
            WatchDevicesAsync(monitor, triggers, life.Token),
            FileWatch.RunAsync(folders, here.Files, openVpn.Appeared, triggers, clock, life.Token),
            PacketWatch.RunAsync(triggers, () => here.Observer.HasPackets, clock, log, life.Token),
        ];
        if (metrics is not null)
            tasks.Add(metrics.RunAsync(life.Token));
        var ended = await Task.WhenAny(tasks);
        await life.CancelAsync();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;

        DownloadKeeper Keeper(DownloadKind kind, IDownloadSource source) => new(kind, source, transfers, triggers, clock, Random.Shared, log);
    }

    /// <summary>Programs that were told of this file may be started before etcd has answered: it is there, empty, from the start.</summary>
    private static void MakeHostsFile(ILogger log)
    {
        if (File.Exists(HostsRenderer.Path))
            return;
        try
        {
            const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
            AtomicFile.Write(HostsRenderer.Path, [], Mode, uid: 0, gid: 0);
        }
        catch (LinuxException e)
        {
            // The first commit tries again, and says in its result when it cannot either.
            LogNoHosts(log, HostsRenderer.Path, e.Message);
        }
    }

    /// <summary>A device that came, went or changed is a reason to look: tincd's gets its address whenever it appears. A routing rule, too.</summary>
    private static async Task WatchDevicesAsync(RouteMonitor monitor, Triggers triggers, CancellationToken cancellation)
    {
        await foreach (var _ in monitor.ReadAllAsync(cancellation))
            triggers.Raise(Trigger.Kernel);
    }

    [LoggerMessage(1, LogLevel.Error, "{Problem}")]
    private static partial void LogSetting(ILogger log, string problem);

    [LoggerMessage(3, LogLevel.Warning, "{Path} cannot be made: {Problem}")]
    private static partial void LogNoHosts(ILogger log, string path, string problem);

    [LoggerMessage(4, LogLevel.Information, "{Problem}")]
    private static partial void LogFallback(ILogger log, string problem);

    [LoggerMessage(5, LogLevel.Warning, "{Problem}")]
    private static partial void LogLack(ILogger log, string problem);

    [LoggerMessage(2, LogLevel.Error, "{Problem}: ending, to be started again")]
    private static partial void LogEnded(ILogger log, string problem);
}
