using System.Collections.Immutable;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Init.Agent.Apply.WireGuard;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;
using Meduza.Linux.Files;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Init.Agent.Apply;

/// <summary>Looks at what is there: files, folders, devices, services, rules for packets, and what FRR's daemons run. Changes nothing.</summary>
/// <remarks>
/// The kernel tells of every change of a device, an address or a file, so what was seen of them holds until it does, and an
/// unchanged commit asks it nothing. The same goes for rules for packets where none are wanted, and for what FRR's daemons
/// run: whoever else tells them something is found out by the periodic look.
/// </remarks>
internal sealed class Observer(
    RouteSocket route, FrrDaemons frr, PacketApplier packets, WireGuardApplier wireGuard, SeenFiles files, Accounts accounts, HealthPort healthPort)
{
    private (ImmutableArray<string> Names, ImmutableDictionary<string, ObservedLink> Links)? _seenLinks;
    private volatile bool _seenNoPackets;
    private ImmutableArray<DesiredWireGuard>? _seenNoStraysOf;
    private Dictionary<string, ObservedFile> _seenFiles = [];
    private (DesiredState Of, long Turn)? _seenFilesAt;

    /// <summary>False while no rules for packets are wanted, and none were found.</summary>
    public bool HasPackets => !_seenNoPackets;

    /// <summary>The kernel told of a change, or it was changed: the next look is at the kernel itself.</summary>
    public void ForgetKernel() => (_seenLinks, _seenNoPackets, _seenNoStraysOf) = (null, false, null);

    /// <summary>Everything is to be looked at itself, also what FRR's daemons run.</summary>
    public void ForgetAll()
    {
        ForgetKernel();
        files.ForgetAll();
        frr.Forget();
    }

    /// <summary>Observes what <paramref name="desired"/> is about.</summary>
    /// <param name="services">What PID 1 runs.</param>
    public ObservedState Observe(DesiredState desired, IReadOnlyDictionary<string, ServiceStatus> services)
    {
        var seen = wireGuard.Look(desired.WireGuard);
        return new()
        {
            Files = Files(desired),
            Symlinks = Symlinks(desired),
            Folders = Folders(desired),
            Services = services.ToImmutableDictionary(service => service.Key, service => service.Value.Definition),
            // The kernel does not tell when a device becomes ours.
            Links = Links(desired).RemoveRange(seen.NotOurs),
            Frr = Frr(desired, services),
            DifferingWireGuard = seen.Differing,
            StrayWireGuard = Strays(desired.WireGuard),
            HealthPort = healthPort.Port,
            DifferingPackets = Packets(packets.Allowed(desired.Packets, services)),
        };
    }

    private ImmutableArray<string> Strays(ImmutableArray<DesiredWireGuard> devices)
    {
        // The same rendered state as when none was found.
        if (_seenNoStraysOf is { } seen && seen == devices)
            return [];
        var strays = wireGuard.Strays(devices);
        _seenNoStraysOf = strays.IsEmpty ? devices : null;
        return strays;
    }

    private Dictionary<string, ObservedFile> Files(DesiredState desired)
    {
        if (_seenFilesAt is var (of, turn) && ReferenceEquals(of, desired) && files.Turn == turn)
            return _seenFiles;
        var folders = Folders(desired.Files);
        var owned = desired.Folders.Where(folder => folder.Owned).Select(folder => folder.Path).ToList();
        files.Follow(folders.Select(folder => folder.Path).Concat(owned));
        // Before the first look: what happens from now on is another turn.
        var now = files.Turn;
        Dictionary<string, ObservedFile> found = new(desired.Files.Length, StringComparer.Ordinal);
        var wantedInOwned = 0;
        foreach (var folder in folders)
        {
            var before = found.Count;
            foreach (var file in desired.Files.AsSpan()[folder.First..folder.End])
            {
                if (files.Look(file.Path, file.Content) is { } seen)
                    found.Add(file.Path, seen);
            }
            if (owned.Contains(folder.Path))
                wantedInOwned += found.Count - before;
        }
        // With as many files in our folders as were found of those that are wanted there, there are no others.
        if (owned.Sum(folder => files.In(folder).Count) != wantedInOwned)
        {
            foreach (var path in owned.SelectMany(files.In).Except(desired.Files.Select(file => file.Path)))
            {
                if (files.Look(path) is { } seen)
                    found.Add(path, seen);
            }
        }
        _seenFilesAt = now is { } number ? (desired, number) : null;
        return _seenFiles = found;
    }

    /// <summary>The folders that files lie in, with those of a folder that stand one after the other; some folders several times.</summary>
    private static List<FilesOfFolder> Folders(ImmutableArray<DesiredFile> sorted)
    {
        List<FilesOfFolder> folders = [];
        for (var i = 0; i < sorted.Length; i++)
        {
            var path = Path.GetDirectoryName(sorted[i].Path.AsSpan());
            if (folders.Count == 0 || !path.SequenceEqual(folders[^1].Path))
                folders.Add(new(path.ToString(), i));
            folders[^1].End = i + 1;
        }
        return folders;
    }

    private static ImmutableDictionary<string, string> Symlinks(DesiredState desired)
    {
        var links = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var link in desired.Symlinks)
        {
            if (new FileInfo(link.Path).LinkTarget is { } target)
                links[link.Path] = target;
        }
        return links.ToImmutable();
    }

    private ImmutableDictionary<string, ObservedFolder> Folders(DesiredState desired)
    {
        var folders = ImmutableDictionary.CreateBuilder<string, ObservedFolder>(StringComparer.Ordinal);
        foreach (var folder in desired.Folders)
        {
            if (FileStatus.Of(folder.Path) is { Kind: FileKind.Folder } status)
                folders[folder.Path] = new(status.Mode, accounts.OwnerOf(status));
        }
        return folders.ToImmutable();
    }

    private ImmutableDictionary<string, ObservedLink> Links(DesiredState desired)
    {
        if (desired.Links.IsEmpty)
            return ImmutableDictionary<string, ObservedLink>.Empty;
        ImmutableArray<string> names = [.. desired.Links.Select(link => link.Name)];
        if (_seenLinks is { } seen && seen.Names.SequenceEqual(names))
            return seen.Links;
        var links = ImmutableDictionary.CreateBuilder<string, ObservedLink>(StringComparer.Ordinal);
        foreach (var link in route.GetLinks().Where(link => desired.Links.Any(wanted => wanted.Name == link.Name)))
        {
            // Link-local addresses are the kernel's own: nobody asked for them, and nobody may remove them.
            links[link.Name] = new(link.Up,
                [.. route.GetAddresses(link.Index).Where(address => !address.Address.IsIPv6LinkLocal).Select(address => new InterfaceAddress(address.Address, address.PrefixLength))])
            {
                Mtu = link.Mtu,
            };
        }
        _seenLinks = (names, links.ToImmutable());
        return _seenLinks.Value.Links;
    }

    private ImmutableArray<string> Packets(PacketRules allowed)
    {
        var isNothing = allowed is { Proxy: null, Mappings.IsEmpty: true, Forwards.IsEmpty: true };
        if (isNothing && _seenNoPackets)
            return [];
        var differing = packets.Differing(allowed);
        _seenNoPackets = isNothing && differing.IsEmpty;
        return differing;
    }

    private ImmutableDictionary<string, ObservedFrr> Frr(DesiredState desired, IReadOnlyDictionary<string, ServiceStatus> services)
    {
        var daemons = ImmutableDictionary.CreateBuilder<string, ObservedFrr>(StringComparer.Ordinal);
        foreach (var daemon in desired.Frr)
        {
            // One that does not answer yet reads its file; its readiness is another look.
            if (services.TryGetValue(daemon.Daemon, out var service) && service is { State: ServiceStates.Ready, Pid: > 0 })
                daemons[daemon.Daemon] = frr.Look(daemon, service);
        }
        return daemons.ToImmutable();
    }

    /// <param name="path">Of the folder.</param>
    /// <param name="first">The first of them, among all.</param>
    private sealed class FilesOfFolder(string path, int first)
    {
        public string Path { get; } = path;

        public int First { get; } = first;

        /// <summary>The one behind the last of them.</summary>
        public int End { get; set; }
    }
}
