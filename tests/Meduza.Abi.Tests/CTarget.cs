using System.Runtime.InteropServices;

namespace Meduza.Abi.Tests;

/// <summary>A kind of machine whose C is asked.</summary>
/// <param name="Name">As Debian calls its architecture.</param>
/// <param name="Compiler">With the headers of that machine's kernel and libc.</param>
/// <param name="Emulator">What runs its programs here; null for this very machine.</param>
internal sealed record CTarget(string Name, string Compiler, string? Emulator)
{
    /// <summary>This machine's kind, and from an x86-64 one arm64 too: one source is compiled for both.</summary>
    public static IReadOnlyList<CTarget> All { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64
        ? [Native, new("arm64", "aarch64-linux-gnu-gcc", "qemu-aarch64")]
        : [Native];

    public static CTarget Native => new(RuntimeInformation.ProcessArchitecture.ToString(), "cc", null);
}
