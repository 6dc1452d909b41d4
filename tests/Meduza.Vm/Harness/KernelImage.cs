using System.Text;

namespace Meduza.Vm.Harness;

/// <summary>A kernel and its modules, unpacked from its Debian package.</summary>
internal sealed class KernelImage
{
    private readonly Dictionary<string, string> _modules;

    /// <param name="folder">The package's root: <c>boot</c> and <c>lib/modules</c> lie in it.</param>
    public KernelImage(string folder)
    {
        Path = Assert.Single(Directory.GetFiles(System.IO.Path.Combine(folder, "boot"), "vmlinuz-*"));
        _modules = Directory.GetFiles(System.IO.Path.Combine(folder, "lib/modules"), "*.ko", SearchOption.AllDirectories)
            .ToDictionary(f => Name(System.IO.Path.GetFileNameWithoutExtension(f)));
    }

    /// <summary>The image that boots.</summary>
    public string Path { get; }

    /// <summary>The files of these modules and of all that they need, each after what it needs. What the kernel has built in is left out.</summary>
    public IReadOnlyList<string> Modules(params IEnumerable<string> names)
    {
        var order = new List<string>();
        foreach (var name in names)
            Assert.True(Visit(name, order), $"this kernel has no module {name}");
        return order;
    }

    private bool Visit(string name, List<string> order)
    {
        if (!_modules.TryGetValue(Name(name), out var file))
            return false;
        if (order.Contains(file))
            return true;
        foreach (var needed in Needs(file))
            Visit(needed, order);
        order.Add(file);
        return true;
    }

    // The section .modinfo of a module is words "key=value", each closed by a NUL. Soft dependencies ("softdep=pre: a b")
    // are modules that do the same faster, or that are asked for by name.
    private static string[] Needs(string file)
    {
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(file));
        return Word(text, "depends=").Split(',', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Word(string text, string key)
    {
        var at = text.IndexOf('\0' + key, StringComparison.Ordinal);
        if (at < 0)
            return "";
        at += key.Length + 1;
        return text[at..text.IndexOf('\0', at)];
    }

    // A dash in a file's name is an underscore in the module's.
    private static string Name(string name) => name.Replace('-', '_');
}
