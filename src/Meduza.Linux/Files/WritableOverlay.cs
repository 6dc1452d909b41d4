using System.Globalization;
using System.Runtime.InteropServices;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>A folder of a file system that cannot be written, made writable by an overlay whose upper layer lies elsewhere (Documentation/filesystems/overlayfs.rst).</summary>
public static unsafe class WritableOverlay
{
    private const UnixFileMode LayerMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode CopyMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>True where the folder or file is there and lies on a read-only file system.</summary>
    public static bool IsReadOnly(string path)
    {
        fixed (byte* name = NativeText.Terminated(path))
            return access(name, W_OK) < 0 && Marshal.GetLastPInvokeError() == EROFS;
    }

    /// <summary>
    /// Lays the overlay. What is mounted within the folder (a container's <c>/etc/hosts</c>, an operator's keys) stays there:
    /// the overlay has it not, so it is bound into it.
    /// </summary>
    /// <param name="folder">Absolute.</param>
    /// <param name="layers">Where what is written goes, made where it is missing; on one writable file system that has extended attributes (tmpfs).</param>
    /// <param name="own">
    /// Files within that must be writable, as their paths. Engines mount some of them, and read-only where the root is: of such a
    /// one the overlay has a copy, and what was mounted stays as it is.
    /// </param>
    /// <exception cref="LinuxException">It cannot be laid, or something within it not be bound.</exception>
    public static void Lay(string folder, string layers, IReadOnlyList<string> own)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(own);
        var upper = $"{layers}/upper";
        var work = $"{layers}/work";
        // The folder that is seen has the rights of its upper layer.
        Folder.Ensure(upper, File.GetUnixFileMode(folder), 0, 0);
        Folder.Ensure(work, LayerMode, 0, 0);
        var within = new List<(string Point, Descriptor File)>();
        var copies = new List<(string Path, byte[] Content)>();
        try
        {
            foreach (var mount in Mounts.Read())
            {
                if (!mount.Point.StartsWith(folder + "/", StringComparison.Ordinal))
                    continue;
                if (own.Contains(mount.Point) && IsReadOnly(mount.Point))
                    copies.Add((mount.Point, File.ReadAllBytes(mount.Point)));
                else
                    within.Add((mount.Point, Descriptor.Open(mount.Point, O_PATH)));
            }
            Mount("overlay", folder, "overlay", default, $"lowerdir={folder},upperdir={upper},workdir={work}");
            foreach (var (point, file) in within)
                Mount(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.Number}"), point, "", MS_BIND, "");
            foreach (var (path, content) in copies)
                AtomicFile.Write(path, content, CopyMode, 0, 0);
        }
        finally
        {
            foreach (var (_, file) in within)
                file.Dispose();
        }
    }

    private static void Mount(string source, string target, string type, Tmds.Linux.ulong_t flags, string options)
    {
        fixed (byte* from = NativeText.Terminated(source), at = NativeText.Terminated(target), kind = NativeText.Terminated(type),
               data = NativeText.Terminated(options))
        {
            if (mount(from, at, kind, flags, data) < 0)
                throw LinuxException.Last(type.Length > 0 ? $"mount {type}" : "mount bind", target);
        }
    }
}
