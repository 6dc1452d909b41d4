namespace Meduza.Linux.Process;

/// <summary>How a process ended.</summary>
/// <param name="Pid">Which.</param>
/// <param name="Code">Its exit status; 0 when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0 when it exited.</param>
public readonly record struct Exit(int Pid, int Code, int Signal)
{
    /// <summary>As a shell gives it: 128 and the signal when one ended it.</summary>
    public int ShellCode => Signal == 0 ? Code : 128 + Signal;

    /// <summary><c>exit 1</c> or <c>signal 9 (SIGKILL)</c>.</summary>
    public override string ToString() => Signal == 0 ? $"exit {Code}" : $"signal {Signal} ({Signals.Name(Signal)})";
}
