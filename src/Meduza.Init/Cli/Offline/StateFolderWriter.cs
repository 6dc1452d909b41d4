using System.Text;
using Meduza.Gateway.Render;
using Meduza.Linux;
using Meduza.Linux.Files;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Cli.Offline;

/// <summary>
/// Lays the files of a node down below a folder, with the modes that they have on the gateway; the owner is whoever runs it.
/// The folder is for its owner alone, since what lies in it opens the network.
/// </summary>
internal static class StateFolderWriter
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="root">Made where it is not there. What lies there by other names is left alone.</param>
    /// <param name="files">With absolute paths.</param>
    /// <param name="state">The text of <c>state.json</c>.</param>
    /// <exception cref="CommandException">Something cannot be written.</exception>
    public static void Write(string root, IEnumerable<DesiredFile> files, string state)
    {
        try
        {
            Directory.CreateDirectory(root, OwnerOnly);
            foreach (var file in files)
            {
                var path = Path.Join(root, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                AtomicFile.Write(path, file.Content.Span, file.Mode, geteuid(), getegid());
            }
            AtomicFile.Write(Path.Join(root, "state.json"), Encoding.UTF8.GetBytes(state), Readable, geteuid(), getegid());
        }
        catch (LinuxException e)
        {
            throw new CommandException($"{e.Message}: name a folder that can be written with --out");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{root} cannot be made or written: name another folder with --out");
        }
    }
}
