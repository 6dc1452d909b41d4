using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux;

/// <summary>An open file descriptor that is closed when it is disposed. Every one is opened close-on-exec.</summary>
public sealed class Descriptor : SafeHandle
{
    /// <summary>Takes ownership of <paramref name="descriptor"/>; -1 is none.</summary>
    public Descriptor(int descriptor) : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The number, for calls that do not outlive this object; -1 when it was closed or never open.</summary>
    public int Number => IsClosed ? -1 : (int)handle;

    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor of a call that returned <paramref name="result"/>, negative when it failed.</summary>
    /// <exception cref="LinuxException">It failed.</exception>
    public static Descriptor FromCall(int result, string call, string subject) =>
        result >= 0 ? new Descriptor(result) : throw LinuxException.Last(call, subject);

    /// <summary>A pipe, both ends close-on-exec (pipe2(2)).</summary>
    /// <param name="flags">Further flags of both ends, such as <c>O_NONBLOCK</c>.</param>
    /// <exception cref="LinuxException">No descriptors are left.</exception>
    public static unsafe (Descriptor Read, Descriptor Write) Pipe(int flags = 0)
    {
        var ends = stackalloc int[2];
        return pipe2(ends, O_CLOEXEC | flags) == 0
            ? (new Descriptor(ends[0]), new Descriptor(ends[1]))
            : throw LinuxException.Last("pipe2", "");
    }

    /// <summary>Opens a file close-on-exec (open(2)).</summary>
    /// <param name="mode">Permission bits of a file that this creates.</param>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public static unsafe Descriptor Open(string path, int flags, int mode = 0)
    {
        fixed (byte* name = NativeText.Terminated(path))
            return FromCall(open(name, flags | O_CLOEXEC, (mode_t)(uint)mode), "open", path);
    }

    protected override bool ReleaseHandle() => close((int)handle) == 0;
}
