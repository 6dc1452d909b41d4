using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>A program that lies in no folder: executed by its descriptor, gone with the last one.</summary>
public static unsafe class ExecutableFile
{
    /// <summary>Where a file without a name is made when the machine forbids to execute from memory: the first of these that is there and not mounted <c>noexec</c>.</summary>
    private static readonly string[] Folders = ["/run", "/dev/shm", "/tmp", "/data", "/var/lib"];

    /// <summary>Makes one, to be executed as <c>/proc/self/fd/NUMBER</c>.</summary>
    /// <param name="name">Shown in <c>/proc/PID/fd</c>, and nothing more.</param>
    /// <exception cref="LinuxException">No memory or descriptor is left, or there is no place from which it could be executed.</exception>
    public static Descriptor Create(string name, ReadOnlySpan<byte> content)
    {
        try
        {
            return AnonymousFile.Create(name, content, isProgram: true);
        }
        // The sysctl vm.memfd_noexec (Linux 6.3) is 2.
        catch (LinuxException e) when (e.Errno == EACCES)
        {
            return CreateIn(Folders, name, content);
        }
    }

    /// <summary>Makes one in the first of these folders from which it can be executed.</summary>
    /// <exception cref="LinuxException">There is none.</exception>
    internal static Descriptor CreateIn(IEnumerable<string> folders, string name, ReadOnlySpan<byte> content)
    {
        LinuxException? why = null;
        foreach (var folder in folders)
        {
            try
            {
                return CreateIn(folder, content);
            }
            catch (LinuxException e)
            {
                why = e;
            }
        }
        throw new LinuxException("execute a file without a name (vm.memfd_noexec is 2, and no folder for it is mounted without noexec)", name, why?.Errno ?? EACCES);
    }

    private static Descriptor CreateIn(string folder, ReadOnlySpan<byte> content)
    {
        using var written = Descriptor.Open(folder, O_TMPFILE | O_RDWR, 0x1C0); // 0700
        DescriptorIO.Write(written, content, folder);
        // What is open for writing cannot be executed.
        var program = Descriptor.Open($"/proc/self/fd/{written.Number}", O_RDONLY);
        try
        {
            // A mount's noexec forbids this as it does execve(2).
            var page = mmap(null, (Tmds.Linux.size_t)content.Length, PROT_READ | PROT_EXEC, MAP_PRIVATE, program.Number, 0);
            if (page == MAP_FAILED)
                throw LinuxException.Last("mmap", folder);
            _ = munmap(page, (Tmds.Linux.size_t)content.Length);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }
}
