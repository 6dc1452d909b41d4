using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>A file in memory that has no place in any folder (memfd_create(2)).</summary>
public static unsafe class AnonymousFile
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC

    /// <summary>Makes one with this content.</summary>
    /// <param name="name">Shown in <c>/proc/PID/fd</c>, and nothing more.</param>
    /// <exception cref="LinuxException">No memory or no descriptor is left.</exception>
    public static Descriptor Create(string name, ReadOnlySpan<byte> content)
    {
        Descriptor memory;
        fixed (byte* text = NativeText.Terminated(name))
            memory = Descriptor.FromCall(memfd_create(text, CloseOnExec), "memfd_create", name);
        try
        {
            DescriptorIO.Write(memory, content, name);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }
}
