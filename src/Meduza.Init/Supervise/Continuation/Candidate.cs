using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// A file that is to become PID 1. It is looked at through the descriptor by which it is executed later: what happens to
/// its name meanwhile makes no difference.
/// </summary>
internal static class Candidate
{
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Opens it.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="own">The program that runs.</param>
    /// <exception cref="InvalidDataException">It cannot be opened, or it must not or cannot become PID 1: why.</exception>
    public static Descriptor Open(string path, Descriptor own)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            throw new InvalidDataException($"\"{path}\" is no absolute path");
        Descriptor file;
        try
        {
            file = Descriptor.Open(path, O_RDONLY | O_NONBLOCK);
        }
        catch (LinuxException e)
        {
            throw new InvalidDataException(e.Errno == ENOENT ? $"there is no file {path}" : e.Message, e);
        }
        try
        {
            if (Problem(file, path, own) is { } problem)
                throw new InvalidDataException($"{path} {problem}");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static string? Problem(Descriptor file, string path, Descriptor own)
    {
        var status = FileStatus.Of(file, path);
        if (status.Kind != FileKind.Regular)
            return "is no file";
        if (status.Uid != geteuid())
            return $"belongs to user {status.Uid}: only a file of root's may become PID 1";
        if ((status.Mode & OthersWrite) != 0)
            return "can be written by others than its owner: chmod go-w it first";
        using var running = Descriptor.Open($"/proc/self/fd/{own.Number}", O_RDONLY);
        var header = DescriptorIO.ReadFromStart(file, path, ElfHeader.Length);
        if (!ElfHeader.IsProgram(header))
            return "is no program (not an ELF executable)";
        return ElfHeader.Machine(header) == ElfHeader.Machine(DescriptorIO.ReadFromStart(running, "own program", ElfHeader.Length))
            ? null
            : "is a program for another kind of processor";
    }
}
