using System.Runtime.InteropServices;

namespace Meduza.Linux;

/// <summary>A system call that failed: which call, on what, and why.</summary>
public sealed class LinuxException : Exception
{
    public LinuxException(string call, string subject, int errno)
        : base($"{call} {subject}: {Describe(errno)}")
    {
        Call = call;
        Subject = subject;
        Errno = errno;
    }

    /// <param name="detail">What the kernel added in its own words, such as the text of an extended ack.</param>
    /// <param name="offset">Where in the request the fault is, in bytes, where the kernel says so.</param>
    public LinuxException(string call, string subject, int errno, string detail, int? offset = null)
        : base($"{call} {subject}: {Describe(errno)}: {detail}")
    {
        Call = call;
        Subject = subject;
        Errno = errno;
        Detail = detail;
        Offset = offset;
    }

    public LinuxException() : this("", "", 0) { }
    public LinuxException(string message) : this(message, "", 0) { }
    public LinuxException(string message, Exception inner) : base(message, inner) => (Call, Subject) = (message, "");

    /// <summary>The call as its man page names it: <c>mount</c>, <c>RTM_NEWADDR</c>.</summary>
    public string Call { get; }

    /// <summary>The file, device or process that the call was about.</summary>
    public string Subject { get; }

    /// <summary>errno(3), positive.</summary>
    public int Errno { get; }

    /// <summary>What the kernel added in its own words; null where it said no more than the number.</summary>
    public string? Detail { get; }

    /// <summary>The byte of a netlink request at which the kernel found the fault; null where it did not say.</summary>
    public int? Offset { get; }

    /// <summary>The last error of this thread's P/Invokes (<c>SetLastError</c>).</summary>
    public static LinuxException Last(string call, string subject) => new(call, subject, Marshal.GetLastPInvokeError());

    private static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
