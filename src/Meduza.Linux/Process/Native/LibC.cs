namespace Meduza.Linux.Process.Native;

internal static class LibC
{
    /// <summary>glibc by the name that its ABI has; a plain <c>libc</c> may find a linker script.</summary>
    public const string Name = "libc.so.6";
}
