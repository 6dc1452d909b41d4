using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Render;

/// <summary>Collects what the renderers of the parts ask for. Nothing is said twice: a folder that two parts need is one.</summary>
internal sealed class StateBuilder
{
    public const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode GroupReadFile = PrivateFile | UnixFileMode.GroupRead;
    public const UnixFileMode PublicFile = GroupReadFile | UnixFileMode.OtherRead;
    public const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;

    public const UnixFileMode GroupFolder = PrivateFolder | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    public const UnixFileMode PublicFolder =
        GroupFolder | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly SortedDictionary<string, DesiredFolder> _folders = new(StringComparer.Ordinal);
    private static readonly Comparer<DesiredFile> ByPath = Comparer<DesiredFile>.Create((a, b) => string.CompareOrdinal(a.Path, b.Path));

    private readonly List<DesiredFile> _files = [];
    private readonly List<DesiredSymlink> _symlinks = [];
    private readonly List<ServiceDefinition> _services = [];
    private readonly List<DesiredLink> _links = [];
    private readonly List<FrrDaemonConfig> _frr = [];
    private readonly List<DesiredWireGuard> _wireGuard = [];
    private readonly List<KeyFinding> _warnings = [];
    private readonly List<Preflight> _preflights = [];

    public void Folder(DesiredFolder folder) => _folders[folder.Path] = folder;

    /// <summary>Adds a file and returns it, for the fingerprint of who reads it.</summary>
    /// <param name="owner">Null is root.</param>
    public DesiredFile File(string path, string content, UnixFileMode mode, string component, string? owner = null) =>
        File(new DesiredFile(path, Encoding.UTF8.GetBytes(content), mode, component) { Owner = owner });

    public DesiredFile File(DesiredFile file)
    {
        // Sorted by path. Most come in that order: a part with a thousand files adds them so.
        if (_files.Count == 0 || string.CompareOrdinal(_files[^1].Path, file.Path) < 0)
        {
            _files.Add(file);
            return file;
        }
        var place = _files.BinarySearch(file, ByPath);
        if (place >= 0)
            throw new ArgumentException($"two parts write {file.Path}", nameof(file));
        _files.Insert(~place, file);
        return file;
    }

    /// <summary>Adds a file that holds a secret, readable by its owner alone: the user of the one program that it is for.</summary>
    public DesiredFile SecretFile(string path, Secret content, string component, string? owner = null) =>
        File(new DesiredFile(path, Encoding.UTF8.GetBytes(content.Reveal()), PrivateFile, component) { Secret = true, Owner = owner });

    /// <summary>Adds a link to a downloaded file and returns it, for the fingerprint of who reads it.</summary>
    public DesiredSymlink Symlink(DesiredSymlink link)
    {
        _symlinks.Add(link);
        return link;
    }

    /// <summary>Adds a service; the order of adding is the order of starting.</summary>
    public void Service(ServiceDefinition service) => _services.Add(service);

    public void Link(DesiredLink link) => _links.Add(link);

    public void Frr(FrrDaemonConfig config) => _frr.Add(config);

    public void WireGuard(DesiredWireGuard device) => _wireGuard.Add(device);

    /// <summary>Says what is odd about what a file was rendered of (a subscription), by the key that it belongs to.</summary>
    public void Warn(string key, string message) => _warnings.Add(new KeyFinding(key, message));

    /// <summary>Adds what is asked of a program before its files are replaced.</summary>
    public void Preflight(Preflight check) => _preflights.Add(check);

    public PacketRules Packets { get; set; } = PacketRules.None;

    public ImmutableArray<GeodataFile> Geodata { get; set; } = [];

    public ushort? HealthPort { get; set; }

    /// <summary>The names of the services added so far: whoever comes later may wait for them.</summary>
    public ImmutableArray<string> ServiceNames => [.. _services.Select(service => service.Name)];

    public NameUpstreams? Names { get; set; }

    public MihomoApi? Mihomo { get; set; }

    public ProxyServers? ProxyServers { get; set; }

    /// <summary>A service added so far; null where there is none of that name.</summary>
    public ServiceDefinition? FindService(string name) => _services.Find(service => service.Name == name);

    public DesiredState Build() => new([.. _folders.Values], [.. _files], [.. _services], [.. _links], [.. _frr])
    {
        Symlinks = [.. _symlinks],
        Geodata = Geodata,
        Packets = Packets,
        WireGuard = [.. _wireGuard],
        HealthPort = HealthPort,
        Names = Names,
        Mihomo = Mihomo,
        Warnings = [.. _warnings],
        Preflights = [.. _preflights],
    };
}
