using Meduza.Linux.Abi;

namespace Meduza.Linux.Process;

/// <summary>What getrlimit(2) knows limits of.</summary>
[CHeader("sys/resource.h")]
public enum Resource
{
    [CName("RLIMIT_CPU")] Cpu = 0,
    [CName("RLIMIT_FSIZE")] Fsize = 1,
    [CName("RLIMIT_DATA")] Data = 2,
    [CName("RLIMIT_STACK")] Stack = 3,
    [CName("RLIMIT_CORE")] Core = 4,
    [CName("RLIMIT_RSS")] Rss = 5,
    [CName("RLIMIT_NPROC")] Nproc = 6,
    [CName("RLIMIT_NOFILE")] Nofile = 7,
    [CName("RLIMIT_MEMLOCK")] Memlock = 8,
    [CName("RLIMIT_AS")] As = 9,
    [CName("RLIMIT_LOCKS")] Locks = 10,
    [CName("RLIMIT_SIGPENDING")] Sigpending = 11,
    [CName("RLIMIT_MSGQUEUE")] Msgqueue = 12,
    [CName("RLIMIT_NICE")] Nice = 13,
    [CName("RLIMIT_RTPRIO")] Rtprio = 14,
    [CName("RLIMIT_RTTIME")] Rttime = 15,
}

/// <summary>One limit of a process. <see cref="ulong.MaxValue"/> is no limit.</summary>
/// <param name="Resource">Of what, in the units of getrlimit(2).</param>
/// <param name="Soft">What holds; null leaves it, as far as the hard one lets it.</param>
/// <param name="Hard">What the process may raise the soft one to; null leaves it, and then the soft one is cut down to it.</param>
public readonly record struct ResourceLimit(Resource Resource, ulong? Soft, ulong? Hard)
{
    /// <summary>The names that prlimit(1) has: <c>nofile</c>.</summary>
    public static bool TryParse(string? name, out Resource resource) =>
        Enum.TryParse(name, ignoreCase: true, out resource) && Enum.IsDefined(resource) && NameOf(resource) == name;

    public static string NameOf(Resource resource) => resource.ToString().ToLowerInvariant();
}
