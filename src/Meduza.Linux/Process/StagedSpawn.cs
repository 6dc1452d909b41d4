using Meduza.Linux.Files;

namespace Meduza.Linux.Process;

/// <summary>
/// Spawns a program through the <see cref="ExecStage"/> of this very binary, which is held open from the start: one that
/// is replaced or deleted meanwhile makes no difference.
/// </summary>
public sealed class StagedSpawn
{
    /// <summary>The word that makes this binary an exec stage.</summary>
    public const string Verb = "exec-stage";

    private static readonly string[] Arguments = ["meduza-init", Verb];
    private readonly Descriptor _binary;

    /// <param name="binary">The binary with the exec stage, held by whoever made this.</param>
    public StagedSpawn(Descriptor binary) => _binary = binary;

    /// <summary>
    /// Starts it; the stage's outcome comes out of the returned pipe, which never blocks: <see cref="ExecStep.Ready"/>
    /// and the end, or a failure. The end alone means that the stage itself died.
    /// </summary>
    /// <exception cref="LinuxException">No process, memory or descriptor is left.</exception>
    /// <exception cref="ArgumentException">A text of the specification has a NUL.</exception>
    /// <param name="notify">What becomes the program's <see cref="ExecSpec.NotifyDescriptor"/>.</param>
    public (int Pid, Descriptor Report) Start(ExecSpec spec, Descriptor output, Descriptor error, Descriptor? notify = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using var content = AnonymousFile.Create("meduza-exec", ExecSpecFormat.Write(spec));
        var (reportRead, reportWrite) = Descriptor.Pipe();
        try
        {
            using (reportWrite)
            {
                Nonblocking.Set(reportRead);
                var pid = Spawn.Run(new($"/proc/self/fd/{ExecStage.BinaryDescriptor}", Arguments)
                {
                    Environment = [],
                    Output = output,
                    Error = error,
                    Passed = notify is null ? [content, reportWrite, _binary] : [content, reportWrite, _binary, notify],
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

}
