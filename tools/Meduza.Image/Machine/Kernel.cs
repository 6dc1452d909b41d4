using Meduza.Image.Packages;

namespace Meduza.Image.Machine;

/// <summary>A kernel of Debian: its package, unpacked, and the modules not compressed.</summary>
public sealed class Kernel
{
    private readonly Dictionary<string, string> _files = [];
    private readonly Dictionary<string, KernelModule> _read = [];
    private readonly string _modules;
    private readonly HashSet<string> _builtIn;

    /// <param name="folder">Of the package.</param>
    /// <exception cref="ImageException">It has not one kernel in it.</exception>
    public Kernel(string folder)
    {
        Package = new(folder);
        Version = Only(Path.Combine(folder, "usr/lib/modules"), Directory.GetDirectories, "the modules of one kernel");
        Image = Path.Combine(folder, "boot", $"vmlinuz-{Version}");
        if (!File.Exists(Image))
            throw new ImageException($"{folder} has no {Image}: ./build.sh clean, and then this again, fetches it");
        _modules = Path.Combine(folder, Folder);
        foreach (var file in Directory.EnumerateFiles(_modules, "*.ko", SearchOption.AllDirectories))
            _files[KernelModule.NameOf(file)] = file;
        _builtIn = [.. File.ReadLines(Path.Combine(_modules, "modules.builtin")).Select(KernelModule.NameOf)];
    }

    public DebianPackage Package { get; }

    /// <summary>As <c>uname -r</c> says it.</summary>
    public string Version { get; }

    /// <summary>Where its modules lie, without a slash in front.</summary>
    public string Folder => $"usr/lib/modules/{Version}";

    /// <summary>What boots; a file here.</summary>
    public string Image { get; }

    /// <summary>True for one that is a part of the kernel itself.</summary>
    public bool HasBuiltIn(string name) => _builtIn.Contains(name);

    /// <summary>These modules and all that they need, each after what it needs. What the kernel has built in, or not at all, is left out.</summary>
    /// <exception cref="ImageException">The file of one is damaged.</exception>
    public IReadOnlyList<KernelModule> Closure(params IEnumerable<string> names)
    {
        var order = new List<KernelModule>();
        foreach (var name in names)
            Visit(name, order);
        return order;
    }

    /// <summary>What must be loaded before a module, in order, as <see cref="Closure"/> has it.</summary>
    public IReadOnlyList<KernelModule> Before(KernelModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return [.. Closure(module.Name).Where(other => other != module)];
    }

    private void Visit(string name, List<KernelModule> order)
    {
        if (Find(name) is not { } module || order.Contains(module))
            return;
        foreach (var needed in module.Wishes.Concat(module.Needs))
            Visit(needed, order);
        order.Add(module);
    }

    private KernelModule? Find(string name)
    {
        if (!_read.TryGetValue(name, out var module) && _files.TryGetValue(name, out var file))
            _read[name] = module = KernelModule.Read(file, Path.GetRelativePath(_modules, file));
        return module;
    }

    private static string Only(string folder, Func<string, string[]> list, string what) =>
        Directory.Exists(folder) && list(folder) is [var only] ? Path.GetFileName(only) : throw new ImageException($"{folder} has not {what} in it");
}
