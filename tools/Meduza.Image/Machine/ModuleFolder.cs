using Meduza.Image.Root;

namespace Meduza.Image.Machine;

/// <summary>
/// Modules as kmod keeps them, below <c>/usr/lib/modules</c>: the files, <c>modules.dep</c> (of each what it needs,
/// what must come first last) and <c>modules.alias</c>; and those that are loaded always, as modules-load.d(5) has them.
/// PID 1 reads all three (src/Meduza.Linux/Modules).
/// </summary>
public static class ModuleFolder
{
    private const string Component = "kernel modules";

    /// <param name="always">Loaded whatever devices there are.</param>
    /// <param name="driven">Loaded where a device asks for it.</param>
    public static void Add(RootTree tree, Kernel kernel, IReadOnlyList<string> always, IReadOnlyList<string> driven)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(kernel);
        var modules = kernel.Closure([.. always, .. driven]);
        var origin = new Origin(Layer.Daemons, Component, kernel.Package);
        foreach (var module in modules)
            tree.AddFile($"{kernel.Folder}/{module.Path}", module.Source, origin);
        Text("dep", modules.Select(module => string.Join(' ', (string[])[$"{module.Path}:", .. kernel.Before(module).Reverse().Select(needed => needed.Path)])));
        Text("alias", modules.SelectMany(module => module.Aliases.Where(IsDevices).Select(alias => $"alias {alias} {module.Name}")));
        var names = modules.Select(module => module.Name).ToHashSet();
        tree.AddText("usr/lib/modules-load.d/meduza.conf", Lines(always.Where(names.Contains)), Origin.Own);

        void Text(string name, IEnumerable<string> lines) => tree.AddText($"{kernel.Folder}/modules.{name}", Lines(lines), Origin.Own);
    }

    // "pci:v00008086d*…"; names like "fs-ext4" and "crypto-crc32c" are asked for by the kernel, which nobody answers here.
    private static bool IsDevices(string alias) => alias.Contains(':', StringComparison.Ordinal);

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
