using System.Runtime.InteropServices;
using System.Text;

namespace Meduza.Linux;

/// <summary>Strings as C wants them.</summary>
public static class NativeText
{
    /// <summary>UTF-8 with the closing zero.</summary>
    /// <exception cref="ArgumentException">The text has a zero in it: C would see another, shorter text.</exception>
    public static byte[] Terminated(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("a NUL in a text for the system", nameof(text));
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}

/// <summary>A <c>char *[]</c> that ends with NULL, as argv and envp are, in one block of native memory.</summary>
internal sealed unsafe class NativeTextArray : IDisposable
{
    private byte** _block;

    public NativeTextArray(IReadOnlyList<string> texts)
    {
        var size = (nuint)(sizeof(byte*) * (texts.Count + 1));
        var encoded = new byte[texts.Count][];
        for (var i = 0; i < encoded.Length; i++)
        {
            encoded[i] = NativeText.Terminated(texts[i]);
            size += (nuint)encoded[i].Length;
        }

        _block = (byte**)NativeMemory.Alloc(size);
        var at = (byte*)(_block + texts.Count + 1);
        for (var i = 0; i < encoded.Length; i++)
        {
            _block[i] = at;
            encoded[i].CopyTo(new Span<byte>(at, encoded[i].Length));
            at += encoded[i].Length;
        }
        _block[encoded.Length] = null;
    }

    public byte** Pointer => _block;

    public void Dispose()
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
