using System.Buffers.Text;
using System.Globalization;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>How much memory a process has in use, its shared pages included.</summary>
public static class ResidentMemory
{
    /// <summary>Of this process, in bytes; null where the kernel does not tell.</summary>
    public static long? OfSelf() => Of("self");

    /// <summary>Of the process that started this one.</summary>
    /// <inheritdoc cref="OfSelf"/>
    public static long? OfParent() => Of(((int)getppid()).ToString(CultureInfo.InvariantCulture));

    private static long? Of(string process)
    {
        var path = $"/proc/{process}/statm";
        try
        {
            using var file = Descriptor.Open(path, O_RDONLY);
            return Parse(DescriptorIO.ReadToEnd(file, path)) is { } pages ? pages * Environment.SystemPageSize : null;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>The second number, which is pages (proc_pid_statm(5)).</summary>
    internal static long? Parse(ReadOnlySpan<byte> statm)
    {
        var second = statm[(statm.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(second, out long pages, out _) ? pages : null;
    }
}
