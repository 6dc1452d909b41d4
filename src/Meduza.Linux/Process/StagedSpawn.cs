using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// Spawns a program through the <see cref="ExecStage"/> of this very binary, which is held open from the start: one that
/// is replaced or deleted meanwhile makes no difference.
/// </summary>
public sealed unsafe class StagedSpawn : IDisposable
{
    /// <summary>The word that makes this binary an exec stage.</summary>
    public const string Verb = "exec-stage";

    private static readonly string[] Arguments = ["meduza-init", Verb];
    private readonly Descriptor _binary;

    /// <param name="binary">The binary with the exec stage.</param>
    /// <exception cref="LinuxException">It cannot be opened (without <c>/proc</c>, for the default).</exception>
    public StagedSpawn(string binary = "/proc/self/exe") => _binary = Descriptor.Open(binary, O_PATH);

    /// <summary>
    /// Starts it; the stage's outcome comes out of the returned pipe, which never blocks: <see cref="ExecStep.Ready"/>
    /// and the end, or a failure. The end alone means that the stage itself died.
    /// </summary>
    /// <exception cref="LinuxException">No process, memory or descriptor is left.</exception>
    /// <exception cref="ArgumentException">A text of the specification has a NUL.</exception>
    public (int Pid, Descriptor Report) Start(ExecSpec spec, Descriptor output, Descriptor error)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using var content = Memory(ExecSpecFormat.Write(spec));
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
                    Passed = [content, reportWrite, _binary],
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

    public void Dispose() => _binary.Dispose();

    private static Descriptor Memory(byte[] content)
    {
        Descriptor memory;
        fixed (byte* name = "meduza-exec\0"u8)
            memory = Descriptor.FromCall(memfd_create(name, 1 /* MFD_CLOEXEC */), "memfd_create", "");
        fixed (byte* bytes = content)
        {
            if ((long)write(memory.Number, bytes, (size_t)content.Length) == content.Length)
                return memory;
        }
        var failure = LinuxException.Last("write", "memfd");
        memory.Dispose();
        throw failure;
    }
}
