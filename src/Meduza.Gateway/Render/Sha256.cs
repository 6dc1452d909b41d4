using System.Buffers.Binary;
using System.Numerics;

namespace Meduza.Gateway.Render;

/// <summary>
/// SHA-256 (FIPS 180-4). The framework's own is OpenSSL's, and to load its libraries costs a program that renders once, such as
/// <c>meduza generate</c>, more than to render. Nothing secret depends on this.
/// </summary>
internal sealed class Sha256
{
    private const int BlockLength = 64;

    /// <summary>The first 32 bits of the fractional parts of the cube roots of the first 64 primes.</summary>
    private static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private readonly uint[] _state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
    private readonly byte[] _block = new byte[BlockLength];
    private int _pending;
    private ulong _length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _length += (ulong)bytes.Length;
        if (_pending > 0)
        {
            var taken = Math.Min(BlockLength - _pending, bytes.Length);
            bytes[..taken].CopyTo(_block.AsSpan(_pending));
            _pending += taken;
            bytes = bytes[taken..];
            if (_pending < BlockLength)
                return;
            Compress(_block);
            _pending = 0;
        }
        for (; bytes.Length >= BlockLength; bytes = bytes[BlockLength..])
            Compress(bytes[..BlockLength]);
        bytes.CopyTo(_block);
        _pending = bytes.Length;
    }

    /// <summary>The 32 bytes of the hash of all that was appended; nothing can be appended any more.</summary>
    public byte[] Finish()
    {
        // A bit that is set, zeros up to the last eight bytes of a block, and the length in bits.
        var bits = _length * 8;
        Span<byte> padding = stackalloc byte[(_pending < BlockLength - 8 ? BlockLength : 2 * BlockLength) - _pending];
        padding.Clear();
        padding[0] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padding[^8..], bits);
        Append(padding);
        var hash = new byte[_state.Length * 4];
        for (var i = 0; i < _state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * 4), _state[i]);
        return hash;
    }

    private void Compress(ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[64];
        for (var t = 0; t < 16; t++)
            words[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(t * 4)..]);
        for (var t = 16; t < 64; t++)
        {
            var (early, late) = (words[t - 15], words[t - 2]);
            words[t] = words[t - 16] + words[t - 7]
                + (BitOperations.RotateRight(early, 7) ^ BitOperations.RotateRight(early, 18) ^ early >> 3)
                + (BitOperations.RotateRight(late, 17) ^ BitOperations.RotateRight(late, 19) ^ late >> 10);
        }
        var (a, b, c, d) = (_state[0], _state[1], _state[2], _state[3]);
        var (e, f, g, h) = (_state[4], _state[5], _state[6], _state[7]);
        for (var t = 0; t < 64; t++)
        {
            var one = h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25))
                + ((e & f) ^ (~e & g)) + Constants[t] + words[t];
            var two = (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22))
                + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e, d, c, b, a) = (g, f, e, d + one, c, b, a, one + two);
        }
        (_state[0], _state[1], _state[2], _state[3]) = (_state[0] + a, _state[1] + b, _state[2] + c, _state[3] + d);
        (_state[4], _state[5], _state[6], _state[7]) = (_state[4] + e, _state[5] + f, _state[6] + g, _state[7] + h);
    }
}
