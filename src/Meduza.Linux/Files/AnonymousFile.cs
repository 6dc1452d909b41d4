using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>A file in memory that has no place in any folder (memfd_create(2)).</summary>
public static unsafe class AnonymousFile
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC
    private const uint Executable = 0x10; // MFD_EXEC, Linux 6.3

    /// <summary>Makes one with this content.</summary>
    /// <param name="name">Shown in <c>/proc/PID/fd</c>, and nothing more.</param>
    /// <param name="isProgram">It is to be executed, which a machine may forbid (EACCES).</param>
    /// <exception cref="LinuxException">No memory or no descriptor is left.</exception>
    public static Descriptor Create(string name, ReadOnlySpan<byte> content, bool isProgram = false)
    {
        Descriptor memory;
        fixed (byte* text = NativeText.Terminated(name))
        {
            var number = memfd_create(text, isProgram ? CloseOnExec | Executable : CloseOnExec);
            // Before that flag everything in memory could be executed.
            if (number < 0 && isProgram && errno == EINVAL)
                number = memfd_create(text, CloseOnExec);
            memory = Descriptor.FromCall(number, "memfd_create", name);
        }
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
