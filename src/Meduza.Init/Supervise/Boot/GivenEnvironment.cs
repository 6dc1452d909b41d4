using Meduza.Init.Supervise.Boot.Native;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Boot;

/// <summary>The environment that this program was given, without what it set for itself, or for the image after it.</summary>
internal static class GivenEnvironment
{
    /// <returns><c>NAME=value</c> each.</returns>
    public static IReadOnlyList<string> Read() => [.. Spawn.OwnEnvironment().Where(
        v => v != SupervisorC.SmallHeap && !v.StartsWith($"{Linux.Process.Continuation.Variable}=", StringComparison.Ordinal))];
}
