using System.Text;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>
/// Kernel settings under <c>/proc/sys</c>, by the names of sysctl(8). The first separator tells the spelling: after a
/// dot, dots separate and a slash stands for a dot within a part; after a slash it is the other way round. So a device
/// with a dot in its name is <c>net.ipv4.conf.eth0/100.rp_filter</c> or <c>net/ipv4/conf/eth0.100/rp_filter</c>.
/// </summary>
/// <remarks>Those under <c>net</c> are of the network namespace of the thread that asks.</remarks>
public static class Sysctl
{
    /// <summary>The value, without its line end.</summary>
    /// <exception cref="LinuxException"><c>ENOENT</c>: there is no such setting.</exception>
    public static string Read(string key)
    {
        var path = FilePath(key);
        using var file = Descriptor.Open(path, O_RDONLY);
        return Encoding.UTF8.GetString(DescriptorIO.ReadToEnd(file, path)).TrimEnd('\n');
    }

    /// <summary>Sets a value unless it is set. Blanks and tabs between numbers count the same.</summary>
    /// <returns>False when nothing was written.</returns>
    /// <exception cref="LinuxException"><c>ENOENT</c>: no such setting; <c>EROFS</c>: <c>/proc/sys</c> is read-only; <c>EINVAL</c>: no such value.</exception>
    public static bool WriteIfDifferent(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Parts(Read(key)).SequenceEqual(Parts(value)))
            return false;
        var path = FilePath(key);
        using var file = Descriptor.Open(path, O_WRONLY);
        DescriptorIO.Write(file, Encoding.UTF8.GetBytes(value), path);
        return true;

        static string[] Parts(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <exception cref="ArgumentException">No name: empty, or it leads out of <c>/proc/sys</c>.</exception>
    internal static string FilePath(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var first = key.AsSpan().IndexOfAny('.', '/');
        var path = first >= 0 && key[first] == '/'
            ? key
            : string.Create(key.Length, key, (span, text) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = text[i] switch { '.' => '/', '/' => '.', var other => other };
            });
        if (path.Split('/').Any(part => part is "" or "." or ".."))
            throw new ArgumentException($"no name of a kernel setting: '{key}'", nameof(key));
        return $"/proc/sys/{path}";
    }
}
