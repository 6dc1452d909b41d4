using Meduza.Container.Harness;
using Meduza.Lab.Harness;

namespace Meduza.Container.Deploy;

/// <summary>What one of the examples of docs/deploy has an engine do, in the same words for all engines.</summary>
internal sealed record Example
{
    /// <summary>With <c>CAP_</c> before, in the order of the alphabet. All others are taken away.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    public required string Image { get; init; }
    public required bool HasHostNetwork { get; init; }
    public required bool IsReadOnly { get; init; }
    public required bool HasNoNewPrivileges { get; init; }

    /// <summary>True where no AppArmor profile forbids it to mount.</summary>
    public required bool MayMount { get; init; }

    /// <summary>Folders in memory.</summary>
    public required IReadOnlyList<string> InMemory { get; init; }

    /// <summary>Folders that outlive the container.</summary>
    public required IReadOnlyList<string> Kept { get; init; }

    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>Names of what it sets.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>How long it may take to stop.</summary>
    public required int StopSeconds { get; init; }

    /// <summary>The command of its health check; null where it has none, and the engine obeys the image's.</summary>
    public required IReadOnlyList<string>? HealthCheck { get; init; }

    /// <summary>The folder with the examples.</summary>
    public static string Folder => $"{BuiltImage.Sources}/docs/deploy";

    /// <summary>The container that an engine makes of it.</summary>
    /// <param name="folder">Where on this machine what it keeps lies.</param>
    /// <param name="environment">Values for what it sets.</param>
    public ContainerSetup Setup(string name, NetworkNamespace network, string folder, IReadOnlyList<string> environment) => new()
    {
        Name = name,
        Network = network,
        Environment = environment,
        Capabilities = Capabilities,
        IsReadOnly = IsReadOnly,
        InMemory = InMemory,
        // With the host's network its kernel settings are the host's, too.
        WritesSettings = !HasHostNetwork,
        HasTun = Devices.Contains("/dev/net/tun"),
        HasNoNewPrivileges = HasNoNewPrivileges,
        Binds = [.. Kept.Select(path => (Directory.CreateDirectory($"{folder}{path}").FullName, path))],
    };
}
