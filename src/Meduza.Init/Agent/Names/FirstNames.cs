using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Store;
using Meduza.Linux.Files;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Names;

/// <summary>
/// At a boot names are answered first: dnsmasq is started with what the last good state says of it before the agent looks at
/// anything else, or asks etcd. What comes after finds it as it would have made it, or makes it otherwise.
/// </summary>
internal static partial class FirstNames
{
    /// <summary>Starts dnsmasq where no service is there yet and the last good state has it. What fails is done again, and told of, by the loop.</summary>
    /// <exception cref="ControlLostException">There is no PID 1 any more.</exception>
    public static async Task StartAsync(NodeSettings settings, ServiceLink services, SnapshotFolder kept, ILogger log, CancellationToken cancellation)
    {
        await services.RefreshAsync(cancellation);
        if (!services.IsBoot)
            return;
        try
        {
            if (Rendered(settings, kept) is not { } names)
                return;
            foreach (var folder in names.Folders)
                Folder.Ensure(folder.Path, folder.Mode, uid: 0, gid: 0);
            foreach (var file in names.Files)
                AtomicFile.WriteIfDifferent(file.Path, file.Content.Span, file.Mode, uid: 0, gid: 0);
            foreach (var service in names.Services)
                await services.DefineAsync(service, cancellation);
            LogStarted(log);
        }
        catch (Exception e) when (e is not OperationCanceledException and not ControlLostException)
        {
            // A fault of ours, too: the next agent of this boot would meet it again.
            LogNotStarted(log, e.Message);
        }
    }

    /// <summary>What the last good state says of names alone; null where it says nothing, or a commit is open, which another state may have to come before.</summary>
    private static DesiredState? Rendered(NodeSettings settings, SnapshotFolder kept)
    {
        // What cannot be used is told of when the whole is begun from it.
        if (kept.LoadHold(_ => { }) is not null || kept.Load(_ => { }).FirstOrDefault() is not { } last)
            return null;
        var hosts = kept.LoadHosts(_ => { })?.Keys ?? KeySpace.Empty;
        // Other nodes say nothing of it, and to read a thousand takes longer than dnsmasq to start.
        var keys = KeySpace.Of([.. last.Keys.Keys.Below(EtcdConnection.GlobalPrefix), .. last.Keys.Keys.Below($"{EtcdConnection.NodesPrefix}{settings.NodeId}/"), .. hosts]);
        var config = ConfigParser.Parse(last.Keys with { Keys = keys }, settings.NodeId).Config;
        return config is { DnsmasqEnabled: true } ? Renderer.RenderNames(config, MachineProbe.OfNames(settings, Accounts.Read())) : null;
    }

    [LoggerMessage(350, LogLevel.Information, "names first: dnsmasq as in the last good state")]
    private static partial void LogStarted(ILogger log);

    [LoggerMessage(351, LogLevel.Warning, "dnsmasq cannot be started before all else: {Problem}")]
    private static partial void LogNotStarted(ILogger log, string problem);
}
