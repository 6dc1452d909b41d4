using System.Runtime.InteropServices;

namespace Meduza.Abi.Tests;

/// <summary>A kind of machine whose C is asked.</summary>
/// <param name="Name">As Debian calls its architecture.</param>
/// <param name="Compiler">With the headers of that machine's kernel and libc.</param>
/// <param name="Emulator">What runs its programs here; null for this very machine.</param>
internal sealed record CTarget(string Name, string Compiler, string? Emulator)
{
    /// <summary>
    /// This machine's kind, and from an x86-64 one arm64 too: one source is compiled for both. Where this program is one of
    /// arm64 that is emulated (<c>./build.sh test arm64</c>), its own kind is the other machine's.
    /// </summary>
    public static IReadOnlyList<CTarget> All { get; } = (RuntimeInformation.ProcessArchitecture, Environment.GetEnvironmentVariable("MEDUZA_EMULATED")) switch
    {
        (Architecture.X64, _) => [Native, Arm64],
        (_, "1") => [Arm64],
        _ => [Native],
    };

    private static CTarget Arm64 => new("arm64", "aarch64-linux-gnu-gcc", "qemu-aarch64");

    public static CTarget Native => new(RuntimeInformation.ProcessArchitecture.ToString(), "cc", null);
}
