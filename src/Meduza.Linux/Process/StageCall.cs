namespace Meduza.Linux.Process;

/// <summary>A system call that the exec stage can make: the index into <c>calls[]</c> of <c>exec-stage.c</c>.</summary>
internal enum StageCall : byte
{
    Write, Close, Openat, CloseRange, Fcntl, Dup3, Setns, Setpriority, Prlimit64,
    Prctl, Capset, Setgroups, Setresgid, Setresuid, Chdir, Umask, Execve,

    /// <summary>No call: what is not even tried, with the errno of its argument.</summary>
    Failure = 255,
}

/// <summary>What a call of the exec stage begins with, and what becomes of its result.</summary>
[Flags]
internal enum StageUse : byte
{
    None = 0,

    /// <summary>Its first argument is the file that the last call with <see cref="GivesFile"/> opened.</summary>
    OnFile = 1,

    /// <summary>Its first argument is the pipe for reports.</summary>
    OnReport = 2,
    GivesFile = 4,

    /// <summary>Its result is the pipe for reports from now on.</summary>
    GivesReport = 8,
}
