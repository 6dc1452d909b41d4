using Meduza.Image.Elf;

namespace Meduza.Image;

/// <summary>What an image may be made for.</summary>
/// <param name="Name">As Debian and OCI both call it.</param>
/// <param name="Triplet">The folder of its libraries.</param>
/// <param name="Loader">The path of the dynamic loader that its programs ask for (their ABIs' documents).</param>
/// <param name="Machine">Of its ELF files.</param>
public sealed record Architecture(string Name, string Triplet, string Loader, ushort Machine)
{
    public static Architecture Amd64 { get; } = new("amd64", "x86_64-linux-gnu", "/lib64/ld-linux-x86-64.so.2", ElfFile.X64);

    public static Architecture Arm64 { get; } = new("arm64", "aarch64-linux-gnu", "/lib/ld-linux-aarch64.so.1", ElfFile.Arm64);

    /// <summary>Where libraries of Debian lie.</summary>
    public string LibraryFolder => $"usr/lib/{Triplet}";

    /// <exception cref="ImageException">There is no image for it.</exception>
    public static Architecture Of(string name) => name switch
    {
        "amd64" => Amd64,
        "arm64" => Arm64,
        _ => throw new ImageException($"there is no image for {name}: amd64 or arm64"),
    };
}
