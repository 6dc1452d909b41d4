using System.Globalization;
using System.Text;
using Meduza.Image.Machine;

namespace Meduza.Vm.Harness;

/// <summary>
/// Writes the archive that a kernel unpacks as its first file system: cpio in its "new ASCII" format
/// (Documentation/driver-api/early-userspace/buffer-format.rst of the kernel).
/// </summary>
internal sealed class Initramfs : IDisposable
{
    private const int FolderMode = 0x41ed;     // drwxr-xr-x
    private const int ProgramMode = 0x81ed;    // -rwxr-xr-x

    private readonly Stream _output;
    private readonly HashSet<string> _folders = [""];
    private int _inode;

    public Initramfs(string path) => _output = File.Create(path);

    /// <summary>Adds a file, and the folders that it lies in.</summary>
    /// <param name="path">Where it will be, without a slash in front.</param>
    public void Add(string path, byte[] content)
    {
        AddFolder(Path.GetDirectoryName(path) ?? "");
        Write(path, ProgramMode, content);
    }

    public void AddFile(string path, string source) => Add(path, File.ReadAllBytes(source));

    public void AddText(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds programs where they lie on this machine, and what they must find to start.</summary>
    /// <param name="others">Programs that are added under another name, and must find theirs too.</param>
    public void AddPrograms(IReadOnlyList<string> programs, params IReadOnlyList<string> others)
    {
        foreach (var file in programs.Concat(SharedLibraries.Of([.. programs, .. others])))
            AddFile(file[1..], file);
    }

    /// <summary>Adds modules of the kernel for <c>KernelModules</c> of the guest program.</summary>
    public void AddModules(Kernel kernel, params IEnumerable<string> names)
    {
        var modules = kernel.Closure(names);
        foreach (var name in names)
            Assert.True(kernel.HasBuiltIn(name) || modules.Any(module => module.Name == name), $"this kernel has no module {name}");
        foreach (var module in modules)
            AddFile($"modules/{module.Name}.ko", module.Source);
        AddText("modules/order", string.Join('\n', modules.Select(module => $"{module.Name}.ko")));
    }

    public void AddFolder(string path)
    {
        if (!_folders.Add(path))
            return;
        AddFolder(Path.GetDirectoryName(path) ?? "");
        Write(path, FolderMode, []);
    }

    public void Dispose()
    {
        Write("TRAILER!!!", 0, []);
        _output.Dispose();
    }

    // "070701" | 13 numbers of 8 hexadecimal digits | name, NUL, padding to 4 | content, padding to 4
    private void Write(string name, int mode, byte[] content)
    {
        int[] numbers = [++_inode, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, Encoding.UTF8.GetByteCount(name) + 1, 0];
        var header = "070701" + string.Concat(numbers.Select(n => n.ToString("x8", CultureInfo.InvariantCulture))) + name + "\0";
        _output.Write(Encoding.UTF8.GetBytes(header));
        Pad();
        _output.Write(content);
        Pad();
    }

    private void Pad()
    {
        while (_output.Position % 4 != 0)
            _output.WriteByte(0);
    }
}
