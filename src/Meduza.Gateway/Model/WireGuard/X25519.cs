namespace Meduza.Gateway.Model.WireGuard;

/// <summary>
/// The public key that belongs to a private one (RFC 7748, X25519 with the base point 9), so that keys of two nodes can be
/// compared. Numbers modulo 2^255-19 are 16 digits of 16 bits in a <c>long</c> each, which leaves room for sums before
/// carries are taken.
/// </summary>
internal static class X25519
{
    private const int Digits = 16;
    private const int Bytes = 32;

    /// <param name="privateKey">32 bytes.</param>
    /// <returns>32 bytes.</returns>
    public static byte[] PublicKey(ReadOnlySpan<byte> privateKey)
    {
        Span<byte> scalar = stackalloc byte[Bytes];
        privateKey[..Bytes].CopyTo(scalar);
        scalar[0] &= 0xf8;
        scalar[31] = (byte)((scalar[31] & 0x7f) | 0x40);

        // The Montgomery ladder over the coordinate u of the points kP and (k+1)P, as fractions x/z.
        var (x, x2, z2, x3, z3) = (One(9), One(1), One(0), One(9), One(1));
        for (var bit = 254; bit >= 0; bit--)
        {
            var swap = (scalar[bit / 8] >> (bit % 8)) & 1;
            Swap(swap, x2, x3);
            Swap(swap, z2, z3);
            var (a, b, c, d) = (Add(x2, z2), Subtract(x2, z2), Add(x3, z3), Subtract(x3, z3));
            var (aa, bb, da, cb) = (Multiply(a, a), Multiply(b, b), Multiply(d, a), Multiply(c, b));
            var e = Subtract(aa, bb);
            var (sum, difference) = (Add(da, cb), Subtract(da, cb));
            x3 = Multiply(sum, sum);
            z3 = Multiply(x, Multiply(difference, difference));
            x2 = Multiply(aa, bb);
            z2 = Multiply(e, Add(aa, Multiply(A24, e)));
            Swap(swap, x2, x3);
            Swap(swap, z2, z3);
        }
        return Pack(Multiply(x2, Invert(z2)));
    }

    /// <summary>(486662 - 2) / 4.</summary>
    private static readonly long[] A24 = [0xdb41, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static long[] One(long lowest)
    {
        var number = new long[Digits];
        number[0] = lowest;
        return number;
    }

    private static void Swap(int swap, long[] a, long[] b)
    {
        if (swap == 0)
            return;
        for (var i = 0; i < Digits; i++)
            (a[i], b[i]) = (b[i], a[i]);
    }

    private static long[] Add(long[] a, long[] b)
    {
        var sum = new long[Digits];
        for (var i = 0; i < Digits; i++)
            sum[i] = a[i] + b[i];
        return sum;
    }

    private static long[] Subtract(long[] a, long[] b)
    {
        var difference = new long[Digits];
        for (var i = 0; i < Digits; i++)
            difference[i] = a[i] - b[i];
        return difference;
    }

    private static long[] Multiply(long[] a, long[] b)
    {
        Span<long> product = stackalloc long[2 * Digits];
        product.Clear();
        for (var i = 0; i < Digits; i++)
        {
            for (var j = 0; j < Digits; j++)
                product[i + j] += a[i] * b[j];
        }
        var result = new long[Digits];
        // 2^256 is 38 modulo 2^255-19.
        for (var i = 0; i < Digits; i++)
            result[i] = product[i] + 38 * product[i + Digits];
        Carry(result);
        Carry(result);
        return result;
    }

    private static void Carry(long[] number)
    {
        for (var i = 0; i < Digits; i++)
        {
            var carry = number[i] >> 16;
            number[i] &= 0xffff;
            if (i < Digits - 1)
                number[i + 1] += carry;
            else
                number[0] += 38 * carry;
        }
    }

    /// <summary>To the power of p-2 (Fermat): all bits of 2^255-21 are set but the second and the fourth.</summary>
    private static long[] Invert(long[] number)
    {
        var result = number;
        for (var bit = 253; bit >= 0; bit--)
        {
            result = Multiply(result, result);
            if (bit is not (2 or 4))
                result = Multiply(result, number);
        }
        return result;
    }

    /// <summary>The one form below 2^255-19, the lowest byte first.</summary>
    private static byte[] Pack(long[] number)
    {
        for (var i = 0; i < 3; i++)
            Carry(number);
        for (var turn = 0; turn < 2; turn++)
        {
            var reduced = new long[Digits];
            reduced[0] = number[0] - 0xffed;
            for (var i = 1; i < Digits; i++)
            {
                reduced[i] = number[i] - (i == Digits - 1 ? 0x7fff : 0xffff) + (reduced[i - 1] >> 16);
                reduced[i - 1] &= 0xffff;
            }
            if (reduced[Digits - 1] >= 0)
                number = reduced;
        }
        var bytes = new byte[Bytes];
        for (var i = 0; i < Digits; i++)
            (bytes[2 * i], bytes[2 * i + 1]) = ((byte)number[i], (byte)(number[i] >> 8));
        return bytes;
    }
}
