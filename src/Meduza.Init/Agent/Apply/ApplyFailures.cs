using System.Collections.Immutable;
using System.Net.Sockets;
using Meduza.Init.Control;
using Meduza.Linux;

namespace Meduza.Init.Agent.Apply;

/// <summary>What failed while applying, the first failure of each component.</summary>
internal sealed class ApplyFailures
{
    private readonly SortedDictionary<string, string> _failures = new(StringComparer.Ordinal);

    /// <summary>True when a running daemon said no to what the commit makes of its configuration.</summary>
    public bool AreRefusals { get; private set; }

    public ImmutableArray<CommitError> All => [.. _failures.Select(failure => new CommitError(failure.Key, failure.Value))];

    public bool Has(string component) => _failures.ContainsKey(component);

    public void Guard(string component, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or SocketException or FrrException)
        {
            _failures.TryAdd(component, e.Message);
            AreRefusals |= e is FrrException { IsRefusal: true };
        }
    }

    public async Task GuardAsync(string component, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException or SocketException)
        {
            _failures.TryAdd(component, e.Message);
        }
    }
}
