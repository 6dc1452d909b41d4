using System.Globalization;
using Meduza.Image.Root;
using Meduza.Image.Sbom;

namespace Meduza.Image.Machine;

/// <summary>
/// What a machine boots from: the kernel, the first file system (not yet compressed), and the root as a folder, of which
/// <c>build/vm.sh</c> makes a file system.
/// </summary>
public static class MachineMaking
{
    public static void Make(ImageArguments arguments, string kernelFolder, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(say);
        var kernel = new Kernel(kernelFolder);
        foreach (var name in WantedModules.Gateway.Where(name => !kernel.HasBuiltIn(name) && kernel.Closure(name).Count == 0))
            say($"{kernel.Package.Name} has no module {name}: what needs it will not work");
        var root = Assembly.Of(arguments, say, tree => ModuleFolder.Add(
            tree, kernel, WantedModules.Gateway, [.. WantedModules.NetworkDrivers, .. WantedModules.DiskDrivers]));
        RootWriter.Write(root, Path.Combine(arguments.Out, "root"), arguments.Time);
        File.WriteAllBytes(Path.Combine(arguments.Out, "sbom.spdx.json"), SpdxDocument.Of(root, arguments));
        File.Copy(kernel.Image, Path.Combine(arguments.Out, "vmlinuz"));
        var first = FirstRoot.Of(root, kernel, arguments.Architecture);
        using (var archive = File.Create(Path.Combine(arguments.Out, "initramfs.cpio")))
            CpioArchive.Write(first, archive, arguments.Time);
        say(SizeTable.Text(root));
        say(string.Create(CultureInfo.InvariantCulture, $"first file system {first.Files.Sum(file => file.Size) / 1e6,7:F2} MB"));
    }
}
