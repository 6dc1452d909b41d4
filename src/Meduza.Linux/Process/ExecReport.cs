using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>A step of the exec stage, in the order in which they are taken.</summary>
public enum ExecStep : byte
{
    /// <summary>Not a failure: all before execve(2) is done. When the pipe then ends without another report, so is that.</summary>
    Ready = 1,
    Specification,
    Session,
    OpenFiles,
    OomScore,
    User,
    Groups,
    WorkingFolder,
    NoNewPrivileges,
    Execute,
}

/// <summary>
/// What the exec stage writes into its report pipe, which is close-on-exec: its end tells that the program runs.
/// <code>| step: u8 | errno: i32 | length of the object: u16 | object: UTF-8 |</code>
/// At most <c>PIPE_BUF</c> bytes, so that a report is never seen in part.
/// </summary>
/// <param name="Step">Where.</param>
/// <param name="Errno">errno(3); 0 where no call failed.</param>
/// <param name="Subject">On what.</param>
public readonly record struct ExecReport(ExecStep Step, int Errno, string Subject)
{
    internal const int HeaderLength = 7;
    private const int LongestSubject = 2048;

    /// <summary>The failure in words: <c>user "frr" does not exist</c>, <c>/usr/sbin/x: no such file</c>.</summary>
    public override string ToString() => Step switch
    {
        ExecStep.User when Errno == 0 => $"user \"{Subject}\" does not exist",
        ExecStep.User => $"cannot become user \"{Subject}\": {Reason}",
        ExecStep.Groups => $"cannot take the groups of user \"{Subject}\": {Reason}",
        ExecStep.WorkingFolder => $"working folder {Subject}: {(Errno == ENOENT ? "no such folder" : Reason)}",
        ExecStep.OomScore => $"oom_score_adj {Subject}: {Reason}",
        ExecStep.OpenFiles => $"limit of open files {Subject}: {Reason}",
        ExecStep.Session => $"own session: {Reason}",
        ExecStep.NoNewPrivileges => $"no_new_privs: {Reason}",
        ExecStep.Execute => $"{Subject}: {Reason}",
        _ => Subject,
    };

    private string Reason => Errno switch
    {
        _ when Errno == ENOENT && Step == ExecStep.Execute && File.Exists(Subject) => "its interpreter does not exist",
        _ when Errno == ENOENT => "no such file",
        _ when Errno == EACCES => "permission denied",
        _ when Errno == ENOEXEC => "not an executable format",
        _ => Marshal.GetPInvokeErrorMessage(Errno),
    };

    internal int Write(Span<byte> to)
    {
        var subject = Subject.Length > LongestSubject / 4 ? Subject[..(LongestSubject / 4)] : Subject;
        var length = Encoding.UTF8.GetBytes(subject, to[HeaderLength..]);
        to[0] = (byte)Step;
        BinaryPrimitives.WriteInt32LittleEndian(to[1..], Errno);
        BinaryPrimitives.WriteUInt16LittleEndian(to[5..], (ushort)length);
        return HeaderLength + length;
    }

    /// <summary>Takes one report off the front.</summary>
    /// <returns>False when there is no whole one.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out ExecReport report)
    {
        report = default;
        if (bytes.Length < HeaderLength)
            return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[5..]);
        if (bytes.Length < HeaderLength + length)
            return false;
        report = new(
            (ExecStep)bytes[0],
            BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]),
            Encoding.UTF8.GetString(bytes.Slice(HeaderLength, length)));
        bytes = bytes[(HeaderLength + length)..];
        return true;
    }
}
