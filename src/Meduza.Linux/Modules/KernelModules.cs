using System.Runtime.InteropServices;
using System.Text;
using Meduza.Linux.Files;
using static Meduza.Linux.Modules.FnmatchHeader;
using static Meduza.Linux.Process.Native.SystemCall;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Modules;

/// <summary>
/// The modules that are there for the running kernel, below <c>/usr/lib/modules/RELEASE</c>: uncompressed files, and
/// <c>modules.dep</c> and <c>modules.alias</c> as depmod(8) writes them.
/// </summary>
public sealed unsafe class KernelModules
{
    public const string Root = "/usr/lib/modules";

    private readonly string _folder;
    private readonly Dictionary<string, string[]> _files = [];
    private readonly List<(byte[] Pattern, string Module)> _aliases = [];
    private readonly HashSet<string> _done = [];

    private KernelModules(string folder, string dependencies, string aliases)
    {
        _folder = folder;
        // "kernel/net/a.ko: kernel/net/b.ko kernel/lib/c.ko": a needs b and c, and what comes last must be there first.
        foreach (var line in dependencies.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                _files[NameOf(line[..colon])] = [.. line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Reverse(), line[..colon]];
        }
        // "alias pci:v00001AF4d*sv*sd*bc*sc*i* virtio_pci"
        foreach (var line in aliases.Split('\n'))
        {
            if (line.Split(' ') is ["alias", var pattern, var module])
                _aliases.Add((NativeText.Terminated(pattern), module));
        }
    }

    /// <summary>Those of the running kernel.</summary>
    /// <returns>Null where there are none for it.</returns>
    /// <exception cref="LinuxException">They cannot be read.</exception>
    public static KernelModules? OfRunningKernel() => In($"{Root}/{Release}");

    /// <summary>As <c>uname -r</c> says it.</summary>
    public static string Release => Sysctl.Read("kernel.osrelease");

    /// <param name="folder">With <c>modules.dep</c>.</param>
    /// <returns>Null where there are none.</returns>
    public static KernelModules? In(string folder) => File.Exists($"{folder}/modules.dep")
        ? new(folder, Text($"{folder}/modules.dep"), Text($"{folder}/modules.alias"))
        : null;

    /// <summary>The files of a module and of what it needs, in the order in which they are loaded; none where it is not there.</summary>
    public IReadOnlyList<string> Files(string name) => _files.GetValueOrDefault(name, []);

    /// <summary>The modules that drive a device.</summary>
    /// <param name="device">Its <c>modalias</c> in sysfs.</param>
    public IEnumerable<string> Drivers(string device)
    {
        var text = NativeText.Terminated(device);
        return _aliases.Where(alias => Matches(alias.Pattern, text)).Select(alias => alias.Module);
    }

    /// <summary>Loads a module and all that it needs. What is loaded already stays as it is.</summary>
    /// <returns>False when there is no such module, or when it was asked for before.</returns>
    /// <exception cref="LinuxException"><c>EPERM</c>: the kernel was told to refuse it (<c>module_blacklist=</c>); <c>ENOEXEC</c>: it is another kernel's.</exception>
    public bool Load(string name)
    {
        if (!_files.TryGetValue(name, out var files) || !_done.Add(name))
            return false;
        foreach (var path in files)
        {
            var module = NameOf(path);
            if (module != name && !_done.Add(module))
                continue;
            using var file = Descriptor.Open($"{_folder}/{path}", O_RDONLY);
            fixed (byte* none = "\0"u8)
            {
                if (syscall(SYS_finit_module, file.Number, (nint)none, 0, 0) < 0 && Marshal.GetLastPInvokeError() is var error && error != EEXIST)
                    throw new LinuxException("finit_module", module, error);
            }
        }
        return true;
    }

    private static bool Matches(byte[] pattern, byte[] text)
    {
        fixed (byte* p = pattern, t = text)
            return fnmatch(p, t, 0) == 0;
    }

    // A dash in a file's name is an underscore in the module's.
    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path).Replace('-', '_');

    private static string Text(string path)
    {
        using var file = Descriptor.Open(path, O_RDONLY);
        return Encoding.UTF8.GetString(DescriptorIO.ReadToEnd(file, path));
    }
}
