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
    CgroupSetting,
    Cgroup,
    NetworkNamespace,
    OomScore,
    Nice,
    Accounts,
    User,
    Group,
    Limit,
    Groups,
    Capability,
    WorkingFolder,
    NoNewPrivileges,
    NotifyDescriptor,
    Execute,
}

/// <summary>
/// What the exec stage (<c>exec-stage.c</c>) writes into its report pipe, which is close-on-exec: its end tells that the program runs.
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

    /// <summary>Bytes of the longest report.</summary>
    internal const int Longest = HeaderLength + LongestSubject;

    /// <summary>The failure in words: <c>user "frr" does not exist</c>, <c>/usr/sbin/x: no such file</c>.</summary>
    public override string ToString() => Step switch
    {
        ExecStep.User when Errno == 0 => $"user \"{Subject}\" does not exist: install the program's package, or add the user",
        ExecStep.User => $"cannot become user \"{Subject}\": {Reason}",
        ExecStep.Group => $"group \"{Subject}\" does not exist: install the program's package, or add the group",
        ExecStep.Groups => $"cannot take the groups of \"{Subject}\": {Reason}",
        ExecStep.Capability when Errno == 0 => $"capability {Subject} is not PID 1's to give: grant it to this container",
        ExecStep.Capability => $"capability {Subject}: {Reason}",
        ExecStep.CgroupSetting => $"cgroup limit {Subject}: {Reason}",
        ExecStep.Cgroup => $"cgroup {Subject}: {Reason}",
        ExecStep.NetworkNamespace => $"network namespace {Subject}: {Reason}",
        ExecStep.WorkingFolder => $"working folder {Subject}: {Reason}",
        ExecStep.OomScore => $"oom_score_adj {Subject}: {Reason}",
        ExecStep.Nice => $"nice {Subject}: {Reason}",
        ExecStep.Limit => $"limit {Subject}: {Reason}",
        ExecStep.NoNewPrivileges => $"no_new_privs: {Reason}",
        ExecStep.NotifyDescriptor => $"notification descriptor {Subject}: {Reason}",
        ExecStep.Accounts or ExecStep.Execute => $"{Subject}: {Reason}",
        _ => $"{Subject}: {Reason}",
    };

    private string Reason => Errno switch
    {
        _ when Errno == ENOENT && Step == ExecStep.WorkingFolder => "no such folder",
        _ when Errno == ENOENT && Step == ExecStep.Execute && File.Exists(Subject) => "its interpreter does not exist",
        _ when Errno == EAGAIN && Step == ExecStep.Execute => "its user has as many processes as limit nproc lets it",
        _ when Errno == EPERM && Step == ExecStep.Limit => "above PID 1's own, and it may not raise that: grant CAP_SYS_RESOURCE to this container",
        _ when Errno == EINVAL && Step == ExecStep.NetworkNamespace => "not a network namespace",
        _ when Errno == ENOENT => "no such file",
        _ when Errno == EACCES => "permission denied",
        _ when Errno == ENOEXEC => "no program, or one for another machine than this",
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
