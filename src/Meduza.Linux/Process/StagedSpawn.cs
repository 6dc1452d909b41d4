using Meduza.Linux.Files;

namespace Meduza.Linux.Process;

/// <summary>
/// Spawns programs through the exec stage (<see cref="ExecStage"/>), a program that this binary carries and that is held
/// ready in a file without a name: a binary that is replaced or deleted meanwhile makes no difference.
/// </summary>
public sealed class StagedSpawn : IDisposable
{
    private static readonly string[] Arguments = ["meduza-init", "exec-stage"];
    private readonly Descriptor _stage = ExecutableFile.Create("exec-stage", Program());

    /// <summary>
    /// Starts it; the stage's outcome comes out of the returned pipe, which never blocks: <see cref="ExecStep.Ready"/>
    /// and the end, or a failure. The end alone means that the stage itself died.
    /// </summary>
    /// <exception cref="LinuxException">No process, memory or descriptor is left.</exception>
    /// <exception cref="ArgumentException">A text of the specification has a NUL.</exception>
    /// <param name="notify">What becomes the program's <see cref="ExecSpec.NotifyDescriptor"/>.</param>
    /// <param name="program">What is executed, whatever lies at its path by now; null executes the first of the command.</param>
    public (int Pid, Descriptor Report) Start(ExecSpec spec, Descriptor output, Descriptor error, Descriptor? notify = null, Descriptor? program = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        int? held = program is null ? null : ExecStage.NotifyDescriptor + (notify is null ? 0 : 1);
        using var content = AnonymousFile.Create("meduza-exec", ExecStage.Prepare(spec, held).ToArray());
        var (reportRead, reportWrite) = Descriptor.Pipe();
        try
        {
            using (reportWrite)
            {
                Nonblocking.Set(reportRead);
                var pid = Spawn.Run(new($"/proc/self/fd/{ExecStage.StageDescriptor}", Arguments)
                {
                    Environment = [],
                    Output = output,
                    Error = error,
                    Passed = [content, reportWrite, _stage, .. Given(notify), .. Given(program)],
                });
                return (pid, reportRead);
            }
        }
        catch
        {
            reportRead.Dispose();
            throw;
        }
    }

    public void Dispose() => _stage.Dispose();

    private static Descriptor[] Given(Descriptor? descriptor) => descriptor is null ? [] : [descriptor];

    private static byte[] Program()
    {
        using var content = typeof(StagedSpawn).Assembly.GetManifestResourceStream("exec-stage")
            ?? throw new InvalidOperationException("this binary was built without its exec stage");
        var bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        return bytes;
    }
}
