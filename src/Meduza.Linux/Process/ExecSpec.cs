namespace Meduza.Linux.Process;

/// <summary>
/// All that the exec stage needs to turn itself into the program. It travels through an anonymous file, not as
/// arguments or environment, which every process of the machine may read.
/// </summary>
/// <param name="Command">argv; the first is the path of the program, where that is not held open.</param>
/// <param name="Environment"><c>NAME=value</c>, all of it.</param>
public sealed record ExecSpec(IReadOnlyList<string> Command, IReadOnlyList<string> Environment)
{
    public string WorkingFolder { get; init; } = "/";

    /// <summary>Permission bits that new files do not get (umask(2)).</summary>
    public int Umask { get; init; } = 0x12; // 022

    /// <summary>The user to become, by name; null keeps root.</summary>
    public string? User { get; init; }

    /// <summary>The primary group, by name; null is the user's own.</summary>
    public string? Group { get; init; }

    /// <summary>All other groups, by name; null is those that <c>/etc/group</c> has the user in.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>
    /// The capabilities that the program gets, and the most that it and its children can ever have; null leaves root all
    /// that PID 1 has, and another user none.
    /// </summary>
    public CapabilitySet? Capabilities { get; init; }

    /// <summary>True to take from the program and all its children every way to gain privileges (prctl(2)).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>In this order; what none of them names is left.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>For <c>/proc/self/oom_score_adj</c>, -1000 to 1000; null leaves it.</summary>
    public int? OomScore { get; init; }

    /// <summary>-20 (first) to 19 (last), setpriority(2); null leaves it.</summary>
    public int? Nice { get; init; }

    /// <summary>The number, from 3, at which the program finds the descriptor passed along; null where none is.</summary>
    public int? NotifyDescriptor { get; init; }

    /// <summary>Path of the network namespace to enter: <c>/run/netns/NAME</c>; null stays in this one.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>Folder of the cgroup to join; null stays in the parent's.</summary>
    public string? Cgroup { get; init; }

    /// <summary>Files of that folder and what is written to each. One that is not there belongs to a controller that this machine lacks.</summary>
    public IReadOnlyList<(string File, string Value)> CgroupSettings { get; init; } = [];
}
