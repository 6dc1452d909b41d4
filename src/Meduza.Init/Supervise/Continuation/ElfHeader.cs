using System.Buffers.Binary;

namespace Meduza.Init.Supervise.Continuation;

/// <summary>
/// The front of an ELF file (elf(5)).
/// <code>| 7f 'E' 'L' 'F' | class: u8 | data: u8 | … to 16 | type: u16 | machine: u16 | …</code>
/// </summary>
internal static class ElfHeader
{
    public const int Length = 20;

    private const ushort Executable = 2; // ET_EXEC
    private const ushort Shared = 3;     // ET_DYN: a position-independent program

    public static bool IsProgram(ReadOnlySpan<byte> header) =>
        header.Length >= Length && header[..4].SequenceEqual("\u007fELF"u8)
        && BinaryPrimitives.ReadUInt16LittleEndian(header[16..]) is Executable or Shared;

    /// <summary>Class, byte order and processor: two programs with the same run on the same machine.</summary>
    public static (byte Class, byte Order, ushort Processor) Machine(ReadOnlySpan<byte> header) =>
        (header[4], header[5], BinaryPrimitives.ReadUInt16LittleEndian(header[18..]));
}
