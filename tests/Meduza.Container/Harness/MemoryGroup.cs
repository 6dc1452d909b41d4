using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Container.Harness;

/// <summary>
/// The memory controller's account of one container: its group of the unified hierarchy where that has the controller, else
/// one of the hierarchy of the first kind. All figures are bytes.
/// </summary>
public sealed class MemoryGroup : IDisposable
{
    private readonly LabCgroup? _ofMemory;

    private MemoryGroup(LabCgroup? unified, LabCgroup? ofMemory) =>
        (_ofMemory, Path) = (ofMemory, (ofMemory ?? unified)!.Path);

    public string Path { get; }

    /// <summary>Null where neither is to be had.</summary>
    /// <param name="unified">The container's group of the unified hierarchy.</param>
    public static MemoryGroup? TryCreate(string name, LabCgroup? unified)
    {
        if (unified is not null && File.Exists($"{unified.Path}/memory.max"))
            return new(unified, null);
        return LabCgroup.TryCreateOfMemory(name) is { } ofMemory ? new(null, ofMemory) : null;
    }

    public long Limit { set => File.WriteAllText($"{Path}/{(IsUnified ? "memory.max" : "memory.limit_in_bytes")}", value.ToString(CultureInfo.InvariantCulture)); }

    /// <summary>All that is charged to it, the kernel's own memory for it included.</summary>
    public long Used => Number(IsUnified ? "memory.current" : "memory.usage_in_bytes");

    /// <summary>The most that it ever had.</summary>
    public long Most => Number(IsUnified ? "memory.peak" : "memory.max_usage_in_bytes");

    /// <summary>What programs have of their own.</summary>
    public long OfPrograms => Field("memory.stat", IsUnified ? "anon" : "total_rss");

    /// <summary>What files have, those in tmpfs among them.</summary>
    public long OfFiles => Field("memory.stat", IsUnified ? "file" : "total_cache");

    /// <summary>How many processes were killed for want of memory.</summary>
    public long Kills => Field(IsUnified ? "memory.events" : "memory.oom_control", "oom_kill");

    private bool IsUnified => _ofMemory is null;

    public void Dispose() => _ofMemory?.Dispose();

    private long Number(string file) => long.Parse(File.ReadAllText($"{Path}/{file}"), CultureInfo.InvariantCulture);

    private long Field(string file, string name) => long.Parse(
        File.ReadLines($"{Path}/{file}").Single(line => line.StartsWith($"{name} ", StringComparison.Ordinal))[(name.Length + 1)..], CultureInfo.InvariantCulture);
}
