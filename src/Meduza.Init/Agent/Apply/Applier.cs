using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Linux;
using Meduza.Linux.Files;
using Microsoft.Extensions.Logging;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Agent.Apply;

/// <summary>
/// Carries changes out, in the order of their fields. Each step stands alone: the agent may die between any two, and the
/// next one, that observes and plans anew, goes on from there. What fails is told with its component and holds no other
/// component up.
/// </summary>
internal sealed partial class Applier(ServiceLink services, MachineAccess here, ILogger log)
{
    /// <summary>Folders in which nothing of an earlier agent's is left.</summary>
    private readonly HashSet<string> _swept = new(StringComparer.Ordinal);

    /// <summary>Applies <paramref name="changes"/>.</summary>
    /// <returns>What went wrong.</returns>
    public async Task<ApplyFailures> ApplyAsync(Changes changes, DesiredState desired, CancellationToken cancellation)
    {
        var failures = new ApplyFailures();

        foreach (var folder in changes.Folders)
            failures.Guard(folder.Component, () => MakeFolder(folder));
        foreach (var service in changes.Removes)
        {
            LogRemove(service.Name);
            await failures.GuardAsync(service.Component, () => services.RemoveAsync(service.Name, cancellation));
        }

        foreach (var file in changes.Writes)
        {
            LogWrite(file.Path);
            failures.Guard(file.Component, () => Write(file));
        }
        foreach (var link in changes.Symlinks)
        {
            LogWrite(link.Path);
            failures.Guard(link.Component, () => AtomicFile.Link(link.Path, link.Target));
        }
        foreach (var path in changes.Deletes)
        {
            LogDelete(path);
            failures.Guard("files", () =>
            {
                File.Delete(path);
                here.Files.Forget(path);
            });
        }
        // Before its service: wireguard-go would fail at such a device over and over.
        var devices = desired.WireGuard.Where(device => changes.WireGuard.Contains(device.Component)).ToList();
        foreach (var device in devices)
            failures.Guard(device.Component, () => here.WireGuard.RequireOurs(device));
        foreach (var service in changes.Defines.Where(service => !failures.Has(service.Component)))
        {
            LogDefine(service.Name);
            await failures.GuardAsync(service.Component, () => services.DefineAsync(service, cancellation));
        }
        foreach (var device in changes.WireGuardDeletes)
        {
            LogWireGuardDelete(device);
            failures.Guard("wireguard", () => here.WireGuard.Delete(device));
        }
        foreach (var device in devices.Where(device => !failures.Has(device.Component)))
        {
            LogWireGuard(device.Device);
            failures.Guard(device.Component, () => here.WireGuard.Apply(device));
        }
        foreach (var link in changes.Links.Where(link => !failures.Has(link.Component)))
            failures.Guard(link.Component, () => Bring(link));
        foreach (var change in changes.Frr.Where(_ => !failures.Has("frr")))
            failures.Guard("frr", () => Tell(change));
        foreach (var component in changes.Packets)
        {
            LogPackets(component);
            var allowed = here.Packets.Allowed(desired.Packets, services.Services);
            failures.Guard(component, () => here.Packets.Apply(component, allowed));
            if (component == PacketRules.ProxyComponent && allowed.Proxy is not null && BridgePackets.AreLost)
                LogBridges(BridgePackets.Setting);
        }

        // It is opened when all is well, which is not for this to say.
        if (changes.HealthPort is { } port)
            here.HealthPort.Port = port.Port;

        if (!changes.Defines.IsEmpty || !changes.Removes.IsEmpty)
            await services.RefreshAsync(cancellation);
        foreach (var failure in failures.All)
            LogFailure(failure.Key, failure.Message);
        return failures;
    }

    private void MakeFolder(DesiredFolder folder)
    {
        var (uid, gid) = Ids(folder.Owner, folder.Path);
        Folder.Ensure(folder.Path, folder.Mode, uid, gid);
    }

    private void Write(DesiredFile file)
    {
        var (uid, gid) = Ids(file.Owner, file.Path);
        AtomicFile.Write(file.Path, file.Content.Span, file.Mode, uid, gid);
        // Not when the kernel tells of it: the next look may be before that.
        here.Files.Forget(file.Path);
        // What an agent that was killed had not finished, it or the next one writes again: so it is found here.
        var folder = Path.GetDirectoryName(file.Path)!;
        if (!_swept.Contains(folder))
            AtomicFile.RemoveUnfinished(folder);
        _swept.Add(folder);
    }

    /// <exception cref="IOException">The machine has no such user.</exception>
    private (uint Uid, uint Gid) Ids(string? owner, string path)
    {
        if (owner is null)
            return (0, 0);
        return here.Accounts.FindUser(owner) is { } user
            ? (user.Uid, user.Gid)
            : throw new IOException($"{path} must belong to user \"{owner}\", which does not exist: install the program's package, or add the user");
    }

    private void Bring(LinkChange change)
    {
        // Gone again since it was observed: its return is another look.
        if (here.Route.GetLink(change.Name) is not { } link)
            return;
        LogLink(change.Name);
        if (change.Mtu is { } mtu)
            here.Route.SetMtu(link.Index, mtu);
        foreach (var address in change.Remove)
            Unless(EADDRNOTAVAIL, () => here.Route.DeleteAddress(link.Index, address.Address, address.PrefixLength));
        foreach (var address in change.Add)
            Unless(EEXIST, () => here.Route.AddAddress(link.Index, address.Address, address.PrefixLength));
        if (change.BringUp)
            here.Route.SetUp(link.Index);
    }

    /// <summary>What somebody else has done since it was observed is done.</summary>
    private static void Unless(int done, Action change)
    {
        try
        {
            change();
        }
        catch (LinuxException e) when (e.Errno == done)
        {
        }
    }

    private void Tell(FrrChange change)
    {
        LogFrr(change.Daemon, change.Commands.Length);
        here.Frr.Tell(change);
    }

    [LoggerMessage(200, LogLevel.Debug, "write {Path}")]
    private partial void LogWrite(string path);

    [LoggerMessage(201, LogLevel.Information, "delete {Path}")]
    private partial void LogDelete(string path);

    [LoggerMessage(202, LogLevel.Information, "service {Service}")]
    private partial void LogDefine(string service);

    [LoggerMessage(203, LogLevel.Information, "service {Service} is no longer wanted")]
    private partial void LogRemove(string service);

    [LoggerMessage(204, LogLevel.Information, "device {Device}: addresses and state")]
    private partial void LogLink(string device);

    [LoggerMessage(205, LogLevel.Information, "{Daemon}: {Count} lines of configuration")]
    private partial void LogFrr(string daemon, int count);

    [LoggerMessage(207, LogLevel.Information, "{Component}: rules for packets")]
    private partial void LogPackets(string component);

    [LoggerMessage(208, LogLevel.Warning, "LANs on a bridge are not proxied while {Setting} is 1: set it to 0, or unload br_netfilter")]
    private partial void LogBridges(string setting);

    [LoggerMessage(210, LogLevel.Information, "WireGuard device {Device}: keys and peers")]
    private partial void LogWireGuard(string device);

    [LoggerMessage(211, LogLevel.Information, "WireGuard device {Device} is no longer wanted")]
    private partial void LogWireGuardDelete(string device);

    [LoggerMessage(206, LogLevel.Error, "{Component}: {Problem}")]
    private partial void LogFailure(string component, string problem);
}
