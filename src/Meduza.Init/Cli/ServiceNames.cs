using System.Collections.Immutable;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>Services as an operator names them.</summary>
internal static class ServiceNames
{
    /// <summary>The service of that name.</summary>
    /// <exception cref="CommandException">There is none; with the names that there are.</exception>
    public static ServiceStatus Find(ImmutableArray<ServiceStatus> services, string name) =>
        services.FirstOrDefault(s => s.Name == name) ?? throw Unknown(services, name);

    private static CommandException Unknown(ImmutableArray<ServiceStatus> services, string name) => new(
        services.IsEmpty
            ? $"no service '{Tones.Clean(name)}': there is none yet, see `meduza status`"
            : $"no service '{Tones.Clean(name)}': there are {string.Join(", ", services.Select(s => s.Name))}");
}
