using System.Globalization;

namespace Meduza.Vm.Harness;

/// <summary>One start of the machine with the guest program as its init, and what it reported.</summary>
public sealed class GuestRun
{
    private static readonly string[] Modules = ["wireguard", "veth", "dummy"];
    private static readonly string[] Programs = ["/usr/bin/wg", "/usr/bin/ping"];

    private readonly string[] _lines;
    private readonly string _console;

    public GuestRun()
    {
        var guest = Variable("MEDUZA_VM_GUEST");
        var image = new KernelImage(Variable("MEDUZA_VM_KERNEL"));
        var folder = Directory.CreateTempSubdirectory("meduza-vm-").FullName;
        try
        {
            var initramfs = Path.Combine(folder, "initramfs");
            Pack(initramfs, guest, image);
            (var report, _console) = VirtualMachine.Run(image.Path, initramfs, folder);
            _lines = report.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The names of the scenarios that held.</summary>
    public IEnumerable<string> Ok => Lines("ok ");

    /// <summary>Those that did not, with why.</summary>
    public IEnumerable<string> Failed => Lines("failed ");

    /// <summary>What was measured.</summary>
    public IReadOnlyDictionary<string, double> Figures => Lines("figure ")
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));

    /// <summary>True when the guest came to its end.</summary>
    public bool Ended => _lines.Contains("end");

    /// <summary>For the message of a failure.</summary>
    public override string ToString() => $"{string.Join('\n', _lines)}\nconsole:\n{_console}";

    private IEnumerable<string> Lines(string kind) => _lines.Where(l => l.StartsWith(kind, StringComparison.Ordinal)).Select(l => l[kind.Length..]);

    private static void Pack(string path, string guest, KernelImage image)
    {
        using var archive = new Initramfs(path);
        archive.AddFolder("proc");
        archive.AddFolder("sys");
        archive.AddFolder("dev");
        archive.AddFolder("tmp");
        archive.AddFile("init", guest);
        foreach (var file in Programs.Concat(SharedLibraries.Of([guest, .. Programs])))
            archive.AddFile(file[1..], file);
        var modules = image.Modules(Modules);
        foreach (var module in modules)
            archive.AddFile($"modules/{Path.GetFileName(module)}", module);
        archive.Add("modules/order", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', modules.Select(Path.GetFileName))));
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{name} is not set: the machine is prepared by ./build.sh test");
}
