using System.Collections;
using Meduza.Linux.Process.Native;
using static Meduza.Linux.Process.Native.SpawnHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>What to execute, and what the new process finds open.</summary>
/// <param name="Path">The program; one without a slash is looked up in this process's PATH.</param>
/// <param name="Arguments">argv, the program's name first.</param>
public sealed record SpawnRequest(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary><c>NAME=value</c>; null is this process's own environment.</summary>
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>Where it starts; null is where this process is.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Descriptor that becomes 0; null is <c>/dev/null</c>.</summary>
    public Descriptor? Input { get; init; }

    /// <summary>Descriptor that becomes 1; null is <c>/dev/null</c>.</summary>
    public Descriptor? Output { get; init; }

    /// <summary>Descriptor that becomes 2; null is <c>/dev/null</c>.</summary>
    public Descriptor? Error { get; init; }

    /// <summary>Descriptors that become 3, 4, ….</summary>
    public IReadOnlyList<Descriptor> Passed { get; init; } = [];
}

/// <summary>
/// posix_spawn(3), the one way in which this code makes a process: a fork from managed code would leave a copy of the
/// runtime with one thread and every lock as it happened to be. The child has an empty signal mask, every signal at its
/// default (the runtime ignores SIGPIPE), a session of its own, and only the descriptors of the request.
/// </summary>
public static unsafe class Spawn
{
    /// <summary>First number that a source of dup2 may have, so that no target overwrites a source yet to be used.</summary>
    private const int Above = 64;

    /// <summary>Starts a process.</summary>
    /// <returns>Its pid, which is also that of its session and group. Whoever calls must wait for it.</returns>
    /// <exception cref="LinuxException">It could not be made, or the program not executed (ENOENT, EACCES, …).</exception>
    public static int Run(SpawnRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);

        using var argv = new NativeTextArray(request.Arguments);
        using var envp = new NativeTextArray(request.Environment ?? OwnEnvironment());
        using var nothing = Descriptor.Open("/dev/null", O_RDWR);
        var sources = new List<Descriptor>(3 + request.Passed.Count);
        var actions = stackalloc byte[FileActionsSize];
        var attributes = stackalloc byte[AttributesSize];
        Check(posix_spawn_file_actions_init(actions), request);
        Check(posix_spawnattr_init(attributes), request);
        try
        {
            Descriptor[] given = [request.Input ?? nothing, request.Output ?? nothing, request.Error ?? nothing, .. request.Passed];
            for (var target = 0; target < given.Length; target++)
            {
                var source = Descriptor.FromCall(fcntl(given[target].Number, F_DUPFD_CLOEXEC, Above), "dup", request.Path);
                sources.Add(source);
                Check(posix_spawn_file_actions_adddup2(actions, source.Number, target), request);
            }
            Check(posix_spawn_file_actions_addclosefrom_np(actions, given.Length), request);
            if (request.WorkingFolder is { } folder)
            {
                fixed (byte* path = NativeText.Terminated(folder))
                    Check(posix_spawn_file_actions_addchdir_np(actions, path), request);
            }

            var none = stackalloc ulong[SignalHeader.SigsetWords];
            new Span<ulong>(none, SignalHeader.SigsetWords).Clear();
            var all = stackalloc ulong[SignalHeader.SigsetWords];
            new Span<ulong>(all, SignalHeader.SigsetWords).Fill(ulong.MaxValue);
            Check(posix_spawnattr_setsigmask(attributes, none), request);
            Check(posix_spawnattr_setsigdefault(attributes, all), request);
            Check(posix_spawnattr_setflags(
                attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID), request);

            int pid;
            fixed (byte* path = NativeText.Terminated(request.Path))
                Check(posix_spawnp(&pid, path, actions, attributes, argv.Pointer, envp.Pointer), request);
            return pid;
        }
        finally
        {
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
            foreach (var source in sources)
                source.Dispose();
        }
    }

    /// <summary>This process's environment as <c>NAME=value</c>.</summary>
    public static IReadOnlyList<string> OwnEnvironment() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => $"{v.Key}={v.Value}")];

    private static void Check(int error, SpawnRequest request)
    {
        if (error != 0)
            throw new LinuxException("spawn", request.Path, error);
    }
}
