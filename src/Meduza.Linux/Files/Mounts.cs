using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>One mounted file system, as proc_pid_mountinfo(5) has it.</summary>
/// <param name="Id">Of the mount.</param>
/// <param name="ParentId">Of the mount that it lies in.</param>
/// <param name="Root">Which folder of the file system is mounted.</param>
/// <param name="Point">Where.</param>
/// <param name="Options">Of this mount: <c>rw,nosuid</c>.</param>
/// <param name="Type">Of the file system: <c>tmpfs</c>.</param>
/// <param name="Source">Device, or whatever was given.</param>
public sealed record Mount(int Id, int ParentId, string Root, string Point, string Options, string Type, string Source);

/// <summary>The mounts of this process's mount namespace.</summary>
public static unsafe class Mounts
{
    private const string MountInfo = "/proc/self/mountinfo";

    /// <summary>All mounts, a later one over an earlier one; none while <c>/proc</c> is not mounted.</summary>
    /// <exception cref="LinuxException">They cannot be read.</exception>
    public static IReadOnlyList<Mount> Read()
    {
        Descriptor file;
        try
        {
            file = Descriptor.Open(MountInfo, O_RDONLY);
        }
        catch (LinuxException e) when (e.Errno == ENOENT)
        {
            return [];
        }
        using (file)
            return Parse(Encoding.UTF8.GetString(DescriptorIO.ReadToEnd(file, MountInfo)));
    }

    /// <summary>Mounts a file system (mount(2)) unless something is mounted there; makes the folder where it is missing.</summary>
    /// <param name="source">Device, or any word for a file system without one.</param>
    /// <param name="target">Absolute.</param>
    /// <param name="type">Of the file system.</param>
    /// <param name="flags">MS_*.</param>
    /// <param name="options">Of the file system: <c>mode=755</c>.</param>
    /// <returns>False when something is mounted there already.</returns>
    /// <exception cref="LinuxException">It cannot be mounted.</exception>
    public static bool MountIfMissing(string source, string target, string type, ulong flags = 0, string options = "")
    {
        if (Read().Any(m => m.Point == target))
            return false;
        Folder.Make(target);
        fixed (byte* from = NativeText.Terminated(source), at = NativeText.Terminated(target), kind = NativeText.Terminated(type),
               data = NativeText.Terminated(options))
        {
            if (mount(from, at, kind, (Tmds.Linux.ulong_t)(nuint)flags, data) == 0)
                return true;
        }
        // Without /proc nothing was known to be mounted; the same file system twice at one place is EBUSY.
        return Marshal.GetLastPInvokeError() == EBUSY ? false : throw LinuxException.Last($"mount {type}", target);
    }

    // id parent major:minor root point options optional… - type source superoptions
    internal static List<Mount> Parse(string text)
    {
        var mounts = new List<Mount>();
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
            if (separator < 0 || separator + 2 >= fields.Length || !Number(fields[0], out var id) || !Number(fields[1], out var parent))
                continue;
            mounts.Add(new Mount(
                id, parent, Unescape(fields[3]), Unescape(fields[4]), fields[5], fields[separator + 1], Unescape(fields[separator + 2])));
        }
        return mounts;
    }

    // The kernel writes blank, tab, line feed, backslash and '#' as three octal digits.
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
            return field;
        var text = new StringBuilder(field.Length);
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && field[i + 1] is >= '0' and <= '3' && IsOctal(field[i + 2]) && IsOctal(field[i + 3]))
            {
                text.Append((char)((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                text.Append(field[i]);
            }
        }
        return text.ToString();
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';

    private static bool Number(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
